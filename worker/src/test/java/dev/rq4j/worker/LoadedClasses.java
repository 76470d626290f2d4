package dev.rq4j.worker;

import java.lang.management.ManagementFactory;
import java.util.Set;
import java.util.stream.Collectors;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** The names of the classes that this JVM has loaded, by its own account. */
final class LoadedClasses {

    private LoadedClasses() {}

    static Set<String> ofThisJvm() {
        try {
            MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
            String table = (String) beans.invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                    "vmClassHierarchy",
                    new Object[] {new String[0]},
                    new String[] {String[].class.getName()});
            return table.lines()
                    .map(line -> line.replaceFirst("^[|\\s-]*", "").replaceFirst("/.*", ""))
                    .collect(Collectors.toSet());
        } catch (JMException e) {
            throw new AssertionError(e);
        }
    }
}
