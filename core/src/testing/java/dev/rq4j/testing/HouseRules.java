package dev.rq4j.testing;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.properties.HasOwner;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.lang.ArchRule;
import org.reactivestreams.Publisher;

/** The rules that hold for the main code of every module; each module adds which of its packages may use which. */
public final class HouseRules {

    /** Packages that use each other in a circle cannot be understood one after the other. */
    public static final ArchRule NO_CYCLES =
            slices().matching("dev.(**)").should().beFreeOfCycles();

    /** The driver is known in one place. */
    public static final ArchRule ONLY_REDIS_KNOWS_LETTUCE = only("dev.rq4j.redis..", "io.lettuce..");

    /** JSON is known in one place. */
    public static final ArchRule ONLY_CODEC_KNOWS_JACKSON =
            only("dev.rq4j.codec..", "tools.jackson..", "com.fasterxml..");

    /** Values are plain Java. */
    public static final ArchRule VALUES_KNOW_NO_LIBRARY = noClasses()
            .that(resideInAPackage("dev.rq4j.job.."))
            .should()
            .dependOnClassesThat(resideOutsideOf("java..", "dev.rq4j.job..", "org.jspecify.."));

    /** No thread waits for a publisher. */
    public static final ArchRule NOBODY_BLOCKS = nobodyCalls(Publisher.class, "block\\w*|toIterable|toStream");

    /** No thread waits for time to pass. */
    public static final ArchRule NOBODY_SLEEPS = nobodyCalls(Thread.class, "sleep");

    /** The clock of this machine decides nothing; what passes is measured with nanoTime. */
    public static final ArchRule NOBODY_ASKS_FOR_MILLISECONDS = nobodyCalls(System.class, "currentTimeMillis");

    /** It reaches up into operators that do not expect it. */
    public static final ArchRule NOBODY_CONTINUES_ON_ERROR = nobodyCalls(Publisher.class, "onErrorContinue");

    private HouseRules() {}

    /** The main code of the modules, without tests and what is there for them. */
    public static final class MainCode implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return Predefined.DO_NOT_INCLUDE_TESTS.includes(location) && !location.contains("/dev/rq4j/embedded/");
        }
    }

    private static ArchRule only(String who, String... what) {
        return noClasses()
                .that(resideOutsideOf(who))
                .should()
                .dependOnClassesThat(JavaClass.Predicates.resideInAnyPackage(what));
    }

    private static ArchRule nobodyCalls(Class<?> owner, String methods) {
        DescribedPredicate<JavaAccess<?>> call = describe(
                owner.getSimpleName() + "." + methods,
                access -> HasOwner.Predicates.With.<JavaClass>owner(assignableTo(owner))
                                .test(access.getTarget())
                        && nameMatching(methods).test(access.getTarget()));
        return noClasses().should().accessTargetWhere(call).allowEmptyShould(true);
    }

    private static DescribedPredicate<JavaClass> resideOutsideOf(String... packages) {
        return DescribedPredicate.not(JavaClass.Predicates.resideInAnyPackage(packages));
    }
}
