package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.alibaba.csp.sentinel.slots.block.RuleConstant;
import com.alibaba.csp.sentinel.slots.block.degrade.DegradeRule;
import com.alibaba.csp.sentinel.slots.block.flow.FlowRule;
import io.opensergo.ConfigKind;
import io.opensergo.proto.common.v1.TimeUnit;
import io.opensergo.proto.fault_tolerance.v1.CircuitBreakerStrategy;
import io.opensergo.proto.fault_tolerance.v1.ConcurrencyLimitStrategy;
import io.opensergo.proto.fault_tolerance.v1.FaultToleranceRule;
import io.opensergo.proto.fault_tolerance.v1.RateLimitStrategy;
import io.opensergo.proto.fault_tolerance.v1.ThrottlingStrategy;
import java.util.List;
import org.junit.jupiter.api.Test;

class RuleMappingTest {
    private static final RateLimitStrategy TWO = RateLimitStrategy.newBuilder().setName("two")
            .setThreshold(2).setStatDuration(60).setStatDurationTimeUnit(TimeUnit.SECOND).build();

    private final RuleMapping mapping = new RuleMapping();

    @Test
    void one_rule_for_each_target_and_strategy() {
        mapping.replace(ConfigKind.RATE_LIMIT_STRATEGY, List.of(TWO));
        mapping.replace(ConfigKind.CONCURRENCY_LIMIT_STRATEGY,
                List.of(ConcurrencyLimitStrategy.newBuilder().setName("eight").setMaxConcurrency(8).build()));
        FaultToleranceRule rule = rule("GET:/a", "RateLimitStrategy", "two").toBuilder()
                .addTargets(FaultToleranceRule.FaultToleranceRuleTargetRef.newBuilder().setTargetResourceName("GET:/b"))
                .addStrategies(ref("ConcurrencyLimitStrategy", "eight"))
                .build();
        assertEquals(flow(qps("GET:/a", 2), qps("GET:/b", 2), threads("GET:/a", 8), threads("GET:/b", 8)),
                mapping.replace(ConfigKind.FAULT_TOLERANCE_RULE, List.of(rule)));
    }

    @Test
    void the_window_of_a_rate_limit_is_lost() {
        mapping.replace(ConfigKind.FAULT_TOLERANCE_RULE, List.of(rule("GET:/a", "RateLimitStrategy", "two")));
        assertEquals(flow(qps("GET:/a", 2)), mapping.replace(ConfigKind.RATE_LIMIT_STRATEGY, List.of(TWO)));
    }

    @Test
    void references_that_find_nothing_are_left_out() {
        mapping.replace(ConfigKind.RATE_LIMIT_STRATEGY, List.of(TWO));
        assertEquals(flow(), mapping.replace(ConfigKind.FAULT_TOLERANCE_RULE, List.of(
                rule("GET:/a", "RateLimitStrategy", "three"),
                rule("GET:/a", "ThrottlingStrategy", "two"),
                rule("GET:/a", "", "two"),
                rule("GET:/a", "FaultToleranceRule", "two"))));
    }

    @Test
    void a_throttling_interval_becomes_a_rate_rounded_up() {
        assertEquals(flow(paced(50)), throttled(20));
        assertEquals(flow(paced(34)), throttled(30));
        assertEquals(flow(paced(2)), throttled(600));
        assertEquals(flow(paced(1)), throttled(60_000));
        assertEquals(flow(paced(Double.POSITIVE_INFINITY)), throttled(0));
    }

    @Test
    void a_slow_breaker_has_its_ratio_apart_from_its_response_time() {
        DegradeRule expected = new DegradeRule("GET:/a").setGrade(RuleConstant.DEGRADE_GRADE_RT)
                .setCount(500).setSlowRatioThreshold(0.6).setStatIntervalMs(60_000).setTimeWindow(5).setMinRequestAmount(5);
        assertEquals(degrade(expected), broken(slow().build()));
    }

    @Test
    void an_error_breaker_counts_its_ratio() {
        CircuitBreakerStrategy breaker = slow().clearSlowCondition()
                .setStrategy(CircuitBreakerStrategy.Strategy.STRATEGY_ERROR_REQUEST_RATIO).build();
        DegradeRule expected = new DegradeRule("GET:/a").setGrade(RuleConstant.DEGRADE_GRADE_EXCEPTION_RATIO)
                .setCount(0.6).setStatIntervalMs(60_000).setTimeWindow(5).setMinRequestAmount(5);
        assertEquals(degrade(expected), broken(breaker));
    }

    @Test
    void a_recovery_is_cut_to_whole_seconds() {
        CircuitBreakerStrategy breaker = slow().setRecoveryTimeout(1500)
                .setRecoveryTimeoutTimeUnit(TimeUnit.MILLISECOND).build();
        assertEquals(1, broken(breaker).degrade().get(0).getTimeWindow());
    }

    @Test
    void a_breaker_with_an_unknown_unit_or_strategy_is_dropped() {
        assertEquals(flow(), broken(slow().setStatDurationTimeUnit(TimeUnit.UNKNOWN).build()));
        assertEquals(flow(), broken(slow().setRecoveryTimeoutTimeUnitValue(9).build()));
        assertEquals(flow(), broken(slow().setStrategy(CircuitBreakerStrategy.Strategy.STRATEGY_UNKNOWN).build()));
    }

    @Test
    void an_empty_list_takes_its_rules_away() {
        mapping.replace(ConfigKind.RATE_LIMIT_STRATEGY, List.of(TWO));
        mapping.replace(ConfigKind.FAULT_TOLERANCE_RULE, List.of(rule("GET:/a", "RateLimitStrategy", "two")));
        assertEquals(flow(), mapping.replace(ConfigKind.FAULT_TOLERANCE_RULE, List.of()));
    }

    private static CircuitBreakerStrategy.Builder slow() {
        return CircuitBreakerStrategy.newBuilder().setName("breaker")
                .setStrategy(CircuitBreakerStrategy.Strategy.STRATEGY_SLOW_REQUEST_RATIO).setTriggerRatio(0.6)
                .setStatDuration(1).setStatDurationTimeUnit(TimeUnit.MINUTE)
                .setRecoveryTimeout(5).setRecoveryTimeoutTimeUnit(TimeUnit.SECOND).setMinRequestAmount(5)
                .setSlowCondition(CircuitBreakerStrategy.CircuitBreakerSlowCondition.newBuilder().setMaxAllowedRtMillis(500));
    }

    private RuleMapping.Rules broken(CircuitBreakerStrategy breaker) {
        mapping.replace(ConfigKind.FAULT_TOLERANCE_RULE, List.of(rule("GET:/a", "CircuitBreakerStrategy", "breaker")));
        return mapping.replace(ConfigKind.CIRCUIT_BREAKER_STRATEGY, List.of(breaker));
    }

    private RuleMapping.Rules throttled(long intervalMillis) {
        mapping.replace(ConfigKind.FAULT_TOLERANCE_RULE, List.of(rule("GET:/a", "ThrottlingStrategy", "pace")));
        return mapping.replace(ConfigKind.THROTTLING_STRATEGY, List.of(ThrottlingStrategy.newBuilder().setName("pace")
                .setMinIntervalMillisOfRequests(intervalMillis).setQueueTimeoutMillis(60).build()));
    }

    private static FaultToleranceRule rule(String resource, String kind, String name) {
        return FaultToleranceRule.newBuilder()
                .addTargets(FaultToleranceRule.FaultToleranceRuleTargetRef.newBuilder().setTargetResourceName(resource))
                .addStrategies(ref(kind, name)).build();
    }

    private static FaultToleranceRule.FaultToleranceStrategyRef ref(String kind, String name) {
        return FaultToleranceRule.FaultToleranceStrategyRef.newBuilder().setKind(kind).setName(name).build();
    }

    private static FlowRule qps(String resource, double count) {
        return new FlowRule(resource).setGrade(RuleConstant.FLOW_GRADE_QPS).setCount(count);
    }

    private static FlowRule threads(String resource, double count) {
        return new FlowRule(resource).setGrade(RuleConstant.FLOW_GRADE_THREAD).setCount(count);
    }

    private static FlowRule paced(double count) {
        return qps("GET:/a", count)
                .setControlBehavior(RuleConstant.CONTROL_BEHAVIOR_RATE_LIMITER).setMaxQueueingTimeMs(60);
    }

    private static RuleMapping.Rules flow(FlowRule... rules) {
        return new RuleMapping.Rules(List.of(rules), List.of());
    }

    private static RuleMapping.Rules degrade(DegradeRule... rules) {
        return new RuleMapping.Rules(List.of(), List.of(rules));
    }
}
