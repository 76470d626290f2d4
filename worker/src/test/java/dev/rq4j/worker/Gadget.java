package dev.rq4j.worker;

/** Says when it is initialised. Only data names it: whoever loads it has taken a name from there. */
@SuppressWarnings("unused")
final class Gadget {

    static {
        System.setProperty("rq4j.test.gadget", "initialised");
    }

    private Gadget() {}

    public void setCommand(String command) {
        System.setProperty("rq4j.test.gadget", command);
    }
}
