package dev.rq4j.examples.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Draws a picture of rectangles, lines and words. */
final class Svg {

    private final StringBuilder body = new StringBuilder();
    private final int width;
    private final int height;

    Svg(int width, int height, String title) {
        this.width = width;
        this.height = height;
        text(20, 30, "start", "font-size:16px;font-weight:bold", title);
    }

    void bar(double x, double y, double width, double height, String colour) {
        append(
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>%n",
                x, y, width, height, colour);
    }

    void line(double x1, double y1, double x2, double y2, String colour) {
        append("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>%n", x1, y1, x2, y2, colour);
    }

    /** Joins points, {@code x,y} with spaces between. */
    void path(String points, String colour) {
        append("<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n", points, colour);
    }

    /** Writes a word that has this point at its {@code start}, {@code middle} or {@code end}. */
    void text(double x, double y, String anchor, String text) {
        text(x, y, anchor, "", text);
    }

    private void text(double x, double y, String anchor, String style, String text) {
        String safe = text.replace("&", "&amp;").replace("<", "&lt;");
        append("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" style=\"%s\">%s</text>%n", x, y, anchor, style, safe);
    }

    private void append(String format, Object... values) {
        body.append(String.format(Locale.ROOT, format, values));
    }

    void write(Path file) throws IOException {
        Files.writeString(
                file,
                String.format(
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                                + " font-family=\"sans-serif\" font-size=\"12\" fill=\"#222\">%n"
                                + "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n%s</svg>%n",
                        width, height, width, height, body));
    }
}
