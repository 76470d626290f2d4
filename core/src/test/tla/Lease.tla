------------------------------- MODULE Lease -------------------------------
(* Leased jobs on one Redis with an asynchronous replica: enqueue.lua, claim.lua, finish.lua, release.lua, recover.lua
   and delete.lua as steps that happen at once. What stands between a client and the server are attempts, which may be
   executed or not and arrive in any order, and answers, which may be lost. Workers crash, or sleep and wake as zombies.
   A lease may run out at any moment: no clock is trusted. A failover brings back an older state.

   Each CONSTANT in capitals is a rule of the scripts; without it something breaks, and TLC says how.              *)
EXTENDS Naturals, FiniteSets
CONSTANTS Jobs, Workers, MaxTokens, MaxCrashes, MaxFailovers,
  FENCE,      \* a settle has to hold the lease; otherwise it is enough that the job is started
  RANDOM,     \* an execution is named by a token that never comes again; otherwise by the number of the attempt
  TOMBSTONES, \* what was made or settled is remembered when the job is gone
  ADOPTION,   \* a claim that is sent again gets the leases it got before
  ATTEMPTS    \* a first attempt that arrives after the second claims nothing
VARIABLES srv, rep, net, mem, ghost
vars == <<srv, rep, net, mem, ghost>>
None == 0
Tokens == 1..MaxTokens

(* srv.st: where a job is; srv.ex: the execution that holds it (wip), or None; srv.n: how often it was claimed;
   srv.eff: how often it was settled for good; srv.made: how often it was made; srv.tomb: the tombstones;
   srv.rec: what the claimer of a worker got last; srv.seen: the latest attempt at a claim.                        *)
Empty == [st |-> [j \in Jobs |-> "absent"], ex |-> [j \in Jobs |-> None], n |-> [j \in Jobs |-> 0],
          eff |-> [j \in Jobs |-> 0], made |-> [j \in Jobs |-> 0], tomb |-> {},
          rec |-> [w \in Workers |-> [t |-> None, j |-> {}]], seen |-> [t \in Tokens |-> 1]]
(* mem: what a worker knows: the claim that it waits for, and the executions that it runs. *)
Init == /\ srv = Empty /\ rep = Empty /\ net = {}
        /\ mem = [w \in Workers |-> [asks |-> None, runs |-> {}]]
        /\ ghost = [t |-> 0, crashes |-> 0, failovers |-> 0, stolen |-> FALSE, dead |-> {}]

Send(m) == net' = net \cup {m}
Pair(j, e) == [j |-> j, e |-> e]

(* --- enqueue: two attempts with one token of the request, which is the job's here ------------------------------- *)
AskEnqueue(j, a) == /\ ~\E m \in net : m.op = "enqueue" /\ m.j = j /\ m.a = a
                    /\ a = 2 => \E m \in net : m.op = "enqueue" /\ m.j = j /\ m.a = 1
                    /\ Send([op |-> "enqueue", j |-> j, a |-> a, done |-> FALSE]) /\ UNCHANGED <<srv, rep, mem, ghost>>
Enqueue(m) == /\ m.op = "enqueue" /\ ~m.done /\ net' = (net \ {m}) \cup {[m EXCEPT !.done = TRUE]}
              /\ srv' = IF srv.st[m.j] = "absent" /\ Pair(m.j, "made") \notin srv.tomb
                        THEN [srv EXCEPT !.st[m.j] = "queued", !.made[m.j] = @ + 1] ELSE srv
              /\ UNCHANGED <<rep, mem, ghost>>

(* --- claim: a worker asks with a new token, and again with the same one until it is answered --------------------- *)
AskClaim(w) == /\ mem[w].asks = None /\ ghost.t < MaxTokens
               /\ ghost' = [ghost EXCEPT !.t = @ + 1] /\ mem' = [mem EXCEPT ![w].asks = ghost.t + 1]
               /\ Send([op |-> "claim", w |-> w, t |-> ghost.t + 1, a |-> 1, done |-> FALSE]) /\ UNCHANGED <<srv, rep>>
AskAgain(w) == /\ mem[w].asks # None /\ ~\E m \in net : m.op = "claim" /\ m.t = mem[w].asks /\ m.a = 2
               /\ Send([op |-> "claim", w |-> w, t |-> mem[w].asks, a |-> 2, done |-> FALSE])
               /\ UNCHANGED <<srv, rep, mem, ghost>>
Execution(j, t) == IF RANDOM THEN t ELSE srv.n[j] + 1
Claimed(m, got, heard, to) ==
   /\ srv' = to
   /\ mem' = IF heard THEN [mem EXCEPT ![m.w].asks = None, ![m.w].runs = @ \cup got] ELSE mem
Claim(m, heard) ==
   /\ m.op = "claim" /\ ~m.done /\ net' = (net \ {m}) \cup {[m EXCEPT !.done = TRUE]}
   \* Whoever got an answer, or crashed, hears no other; and nobody hears an attempt that he has given up for another.
   /\ heard => mem[m.w].asks = m.t /\ (m.a = 1 => ~\E k \in net : k.op = "claim" /\ k.t = m.t /\ k.a = 2)
   /\ LET seen == IF m.a > srv.seen[m.t] THEN m.a ELSE srv.seen[m.t]
          now  == [srv EXCEPT !.seen[m.t] = seen]
          mine == {p \in srv.rec[m.w].j : srv.ex[p.j] = p.e /\ srv.st[p.j] = "started"} IN
      IF ADOPTION /\ srv.rec[m.w].t = m.t THEN Claimed(m, mine, heard, now)
      ELSE IF ATTEMPTS /\ m.a < seen THEN Claimed(m, {}, heard, now)
      ELSE IF ~\E j \in Jobs : srv.st[j] = "queued" THEN Claimed(m, {}, heard, now)
      ELSE \E j \in {k \in Jobs : srv.st[k] = "queued"} :
             LET e == Execution(j, m.t) IN
             Claimed(m, {Pair(j, e)}, heard,
                     [now EXCEPT !.st[j] = "started", !.ex[j] = e, !.n[j] = @ + 1,
                                 !.rec[m.w] = [t |-> m.t, j |-> {Pair(j, e)}]])
   /\ UNCHANGED <<rep, ghost>>

(* --- settle: finish (nothing is to be kept) and release, each sent once or twice --------------------------------- *)
AskSettle(w, p, op) == /\ p \in mem[w].runs /\ mem' = [mem EXCEPT ![w].runs = @ \ {p}]
                       /\ Send([op |-> op, w |-> w, j |-> p.j, e |-> p.e, n |-> 0]) /\ UNCHANGED <<srv, rep, ghost>>
Holds(m) == IF FENCE THEN srv.st[m.j] = "started" /\ srv.ex[m.j] = m.e ELSE srv.st[m.j] = "started"
Settle(m) == /\ m.op \in {"finish", "release"} /\ m.n < 2 /\ net' = (net \ {m}) \cup {[m EXCEPT !.n = @ + 1]}
             /\ LET gone == IF TOMBSTONES THEN {Pair(m.j, "made")} ELSE {}
                    fin  == [srv EXCEPT !.st[m.j] = "absent", !.ex[m.j] = None, !.eff[m.j] = @ + 1, !.tomb = @ \cup gone]
                    back == [srv EXCEPT !.st[m.j] = "queued", !.ex[m.j] = None] IN
                srv' = IF ~Holds(m) THEN srv ELSE IF m.op = "finish" THEN fin ELSE back
             /\ ghost' = IF Holds(m) /\ \E w \in Workers \ {m.w} : Pair(m.j, srv.ex[m.j]) \in mem[w].runs
                         THEN [ghost EXCEPT !.stolen = TRUE] ELSE ghost
             /\ UNCHANGED <<rep, mem>>

(* --- what nobody asked for ---------------------------------------------------------------------------------------- *)
Recover(j) == /\ srv.st[j] = "started" /\ srv' = [srv EXCEPT !.st[j] = "queued", !.ex[j] = None]
              /\ UNCHANGED <<rep, net, mem, ghost>>
Crash(w) == /\ ghost.crashes < MaxCrashes
            /\ ghost' = [ghost EXCEPT !.crashes = @ + 1,
                                      !.dead = @ \cup mem[w].runs \cup {Pair(0, mem[w].asks)}]
            /\ mem' = [mem EXCEPT ![w] = [asks |-> None, runs |-> {}]] /\ UNCHANGED <<srv, rep, net>>
Replicate == /\ MaxFailovers > 0 /\ rep # srv /\ rep' = srv /\ UNCHANGED <<srv, net, mem, ghost>>
Failover == /\ ghost.failovers < MaxFailovers /\ srv # rep /\ srv' = rep
            /\ ghost' = [ghost EXCEPT !.failovers = @ + 1] /\ UNCHANGED <<rep, net, mem>>

Next == \/ \E j \in Jobs : AskEnqueue(j, 1) \/ AskEnqueue(j, 2) \/ Recover(j)
        \/ \E w \in Workers : AskClaim(w) \/ AskAgain(w) \/ Crash(w)
                              \/ \E p \in mem[w].runs : AskSettle(w, p, "finish") \/ AskSettle(w, p, "release")
        \/ \E m \in net : Enqueue(m) \/ Claim(m, TRUE) \/ Claim(m, FALSE) \/ Settle(m)
        \/ Replicate \/ Failover
Spec == Init /\ [][Next]_vars

(* --- what must hold ------------------------------------------------------------------------------------------------ *)
StartedIffLeased == \A j \in Jobs : (srv.st[j] = "started") <=> (srv.ex[j] # None)
OneEffect == \A j \in Jobs : srv.eff[j] <= 1
MadeOnce == \A j \in Jobs : srv.made[j] <= 1
(* Nobody ends what is in the hands of another. *)
NotStolen == ~ghost.stolen
(* A job that is leased is in somebody's hands: who runs it, or asks for it still, or has sent its end, or has crashed.
   Where it is not, it would wait for its lease to run out though nobody died. After a failover, it may. *)
InHands == ghost.failovers = 0 => \A j \in Jobs : srv.st[j] = "started" =>
   LET p == Pair(j, srv.ex[j]) IN
   \/ p \in ghost.dead \/ \E w \in Workers : p \in mem[w].runs
   \/ \E w \in Workers : p \in srv.rec[w].j /\ srv.rec[w].t # None
        /\ (mem[w].asks = srv.rec[w].t \/ Pair(0, srv.rec[w].t) \in ghost.dead)
   \/ \E m \in net : m.op \in {"finish", "release"} /\ m.j = j /\ m.e = srv.ex[j]
=============================================================================
