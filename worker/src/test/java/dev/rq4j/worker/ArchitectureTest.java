package dev.rq4j.worker;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.rq4j.testing.HouseRules;

/** The house's rules, as far as they concern what runs jobs. */
@AnalyzeClasses(packages = "dev.rq4j", importOptions = HouseRules.MainCode.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule noCycles = HouseRules.NO_CYCLES;

    @ArchTest
    static final ArchRule onlyRedisKnowsLettuce = HouseRules.ONLY_REDIS_KNOWS_LETTUCE;

    @ArchTest
    static final ArchRule onlyCodecKnowsJackson = HouseRules.ONLY_CODEC_KNOWS_JACKSON;

    @ArchTest
    static final ArchRule nobodyBlocks = HouseRules.NOBODY_BLOCKS;

    @ArchTest
    static final ArchRule nobodySleeps = HouseRules.NOBODY_SLEEPS;

    @ArchTest
    static final ArchRule nobodyAsksForMilliseconds = HouseRules.NOBODY_ASKS_FOR_MILLISECONDS;

    @ArchTest
    static final ArchRule nobodyContinuesOnError = HouseRules.NOBODY_CONTINUES_ON_ERROR;

    /** Duties are done for all, and know no worker. */
    @ArchTest
    static final ArchRule maintenanceKnowsNoWorker = noClasses()
            .that()
            .resideInAPackage("dev.rq4j.worker.maintenance..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.rq4j.worker");

    /** What a web application uses does not drag in what runs jobs. */
    @ArchTest
    static final ArchRule coreKnowsNoWorker = noClasses()
            .that()
            .resideOutsideOfPackage("dev.rq4j.worker..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.rq4j.worker..");
}
