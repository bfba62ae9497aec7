package e2e;

import com.alibaba.csp.sentinel.slots.block.RuleConstant;
import com.alibaba.csp.sentinel.slots.block.degrade.DegradeRule;
import com.alibaba.csp.sentinel.slots.block.flow.FlowRule;
import com.google.protobuf.Message;
import io.opensergo.ConfigKind;
import io.opensergo.proto.common.v1.TimeUnit;
import io.opensergo.proto.fault_tolerance.v1.CircuitBreakerStrategy;
import io.opensergo.proto.fault_tolerance.v1.ConcurrencyLimitStrategy;
import io.opensergo.proto.fault_tolerance.v1.FaultToleranceRule;
import io.opensergo.proto.fault_tolerance.v1.FaultToleranceRule.FaultToleranceRuleTargetRef;
import io.opensergo.proto.fault_tolerance.v1.FaultToleranceRule.FaultToleranceStrategyRef;
import io.opensergo.proto.fault_tolerance.v1.RateLimitStrategy;
import io.opensergo.proto.fault_tolerance.v1.ThrottlingStrategy;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Turns the latest list of each kind into Sentinel rules, with the losses of
 * Sentinel's own OpenSergo data source: one rule per target and strategy,
 * strategies that are missing or cannot be said are left out, and a rate limit
 * counts per second whatever its window.
 */
final class RuleMapping {
    /** The rules for Sentinel's two managers, in the order of their origin. */
    record Rules(List<FlowRule> flow, List<DegradeRule> degrade) {}

    private static final Set<ConfigKind> STRATEGIES = EnumSet.of(
            ConfigKind.RATE_LIMIT_STRATEGY,
            ConfigKind.THROTTLING_STRATEGY,
            ConfigKind.CONCURRENCY_LIMIT_STRATEGY,
            ConfigKind.CIRCUIT_BREAKER_STRATEGY);

    private final Map<ConfigKind, List<?>> latest = new EnumMap<>(ConfigKind.class);

    /** Replaces the list of one kind and returns the rules that follow from all of them. */
    Rules replace(ConfigKind kind, List<?> messages) {
        latest.put(kind, List.copyOf(messages));
        Rules rules = new Rules(new ArrayList<>(), new ArrayList<>());
        for (Object rule : latest.getOrDefault(ConfigKind.FAULT_TOLERANCE_RULE, List.of())) {
            add((FaultToleranceRule) rule, rules);
        }
        return rules;
    }

    private void add(FaultToleranceRule rule, Rules rules) {
        for (FaultToleranceStrategyRef ref : rule.getStrategiesList()) {
            Message strategy = resolve(ref).orElse(null);
            if (strategy == null) {
                continue;
            }
            for (FaultToleranceRuleTargetRef target : rule.getTargetsList()) {
                String resource = target.getTargetResourceName();
                if (strategy instanceof CircuitBreakerStrategy breaker) {
                    degradeRule(resource, breaker).ifPresent(rules.degrade::add);
                } else {
                    rules.flow.add(flowRule(resource, strategy));
                }
            }
        }
    }

    /** Finds a strategy by simple kind and name; a kind that is not named finds nothing. */
    private Optional<Message> resolve(FaultToleranceStrategyRef ref) {
        for (ConfigKind kind : STRATEGIES) {
            if (!kind.getSimpleKindName().equals(ref.getKind())) {
                continue;
            }
            for (Object strategy : latest.getOrDefault(kind, List.of())) {
                Message message = (Message) strategy;
                if (ref.getName().equals(nameOf(message))) {
                    return Optional.of(message);
                }
            }
        }
        return Optional.empty();
    }

    private static String nameOf(Message strategy) {
        return (String) strategy.getField(strategy.getDescriptorForType().findFieldByName("name"));
    }

    private static FlowRule flowRule(String resource, Message strategy) {
        FlowRule rule = new FlowRule(resource);
        if (strategy instanceof RateLimitStrategy limit) {
            rule.setGrade(RuleConstant.FLOW_GRADE_QPS).setCount(limit.getThreshold());
        } else if (strategy instanceof ThrottlingStrategy throttling) {
            rule.setGrade(RuleConstant.FLOW_GRADE_QPS)
                    .setCount(Math.ceil(1000.0 / throttling.getMinIntervalMillisOfRequests()))
                    .setControlBehavior(RuleConstant.CONTROL_BEHAVIOR_RATE_LIMITER)
                    .setMaxQueueingTimeMs((int) throttling.getQueueTimeoutMillis());
        } else {
            long limit = ((ConcurrencyLimitStrategy) strategy).getMaxConcurrency();
            rule.setGrade(RuleConstant.FLOW_GRADE_THREAD).setCount(limit);
        }
        return rule;
    }

    /** Maps a breaker; one of an unknown strategy or with an unknown unit is none. */
    private static Optional<DegradeRule> degradeRule(String resource, CircuitBreakerStrategy breaker) {
        Optional<Long> window = millis(breaker.getStatDuration(), breaker.getStatDurationTimeUnit());
        Optional<Long> recovery = millis(breaker.getRecoveryTimeout(), breaker.getRecoveryTimeoutTimeUnit());
        if (window.isEmpty() || recovery.isEmpty()) {
            return Optional.empty();
        }
        DegradeRule rule = new DegradeRule(resource)
                .setStatIntervalMs(window.get().intValue())
                .setTimeWindow((int) (recovery.get() / 1000))
                .setMinRequestAmount(breaker.getMinRequestAmount());
        return switch (breaker.getStrategy()) {
            case STRATEGY_SLOW_REQUEST_RATIO -> Optional.of(rule
                    .setGrade(RuleConstant.DEGRADE_GRADE_RT)
                    .setCount(breaker.getSlowCondition().getMaxAllowedRtMillis())
                    .setSlowRatioThreshold(breaker.getTriggerRatio()));
            case STRATEGY_ERROR_REQUEST_RATIO -> Optional.of(rule
                    .setGrade(RuleConstant.DEGRADE_GRADE_EXCEPTION_RATIO)
                    .setCount(breaker.getTriggerRatio()));
            default -> Optional.empty();
        };
    }

    private static Optional<Long> millis(long amount, TimeUnit unit) {
        return switch (unit) {
            case MILLISECOND -> Optional.of(amount);
            case SECOND -> Optional.of(amount * 1000);
            case MINUTE -> Optional.of(amount * 60_000);
            case HOUR -> Optional.of(amount * 3_600_000);
            case DAY -> Optional.of(amount * 86_400_000);
            default -> Optional.empty();
        };
    }
}
