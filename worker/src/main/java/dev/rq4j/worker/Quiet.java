package dev.rq4j.worker;

/** Whether a worker takes no more jobs, for as long as it is told so, whatever it is at. */
final class Quiet {

    private volatile boolean on;
    private volatile boolean suspended;
    private volatile Runnable whenOver = () -> {};

    boolean isOn() {
        return on;
    }

    /** Returns whether others are to see it: also while all work was suspended when this worker asked for some. */
    boolean isShown() {
        return on || suspended;
    }

    void begin() {
        on = true;
    }

    void end() {
        on = false;
        whenOver.run();
    }

    void suspended(boolean allWork) {
        suspended = allWork;
    }

    /** Calls this whenever it is over. */
    void whenOver(Runnable action) {
        this.whenOver = action;
    }
}
