package dev.rq4j;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.rq4j.testing.HouseRules;

@AnalyzeClasses(packages = "dev.rq4j", importOptions = HouseRules.MainCode.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule importsPointOneWay = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("facade")
            .definedBy("dev.rq4j")
            .layer("redis")
            .definedBy("dev.rq4j.redis..")
            .layer("codec")
            .definedBy("dev.rq4j.codec..")
            .layer("job")
            .definedBy("dev.rq4j.job..")
            .whereLayer("facade")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("redis")
            .mayOnlyBeAccessedByLayers("facade")
            .whereLayer("codec")
            .mayOnlyBeAccessedByLayers("facade", "redis")
            .whereLayer("job")
            .mayOnlyBeAccessedByLayers("facade", "redis", "codec");

    @ArchTest
    static final ArchRule noCycles = HouseRules.NO_CYCLES;

    @ArchTest
    static final ArchRule onlyRedisKnowsLettuce = HouseRules.ONLY_REDIS_KNOWS_LETTUCE;

    @ArchTest
    static final ArchRule onlyCodecKnowsJackson = HouseRules.ONLY_CODEC_KNOWS_JACKSON;

    @ArchTest
    static final ArchRule valuesKnowNoLibrary = HouseRules.VALUES_KNOW_NO_LIBRARY;

    @ArchTest
    static final ArchRule nobodyBlocks = HouseRules.NOBODY_BLOCKS;

    @ArchTest
    static final ArchRule nobodySleeps = HouseRules.NOBODY_SLEEPS;

    @ArchTest
    static final ArchRule nobodyAsksForMilliseconds = HouseRules.NOBODY_ASKS_FOR_MILLISECONDS;

    @ArchTest
    static final ArchRule nobodyContinuesOnError = HouseRules.NOBODY_CONTINUES_ON_ERROR;
}
