package e2e;

import com.alibaba.csp.sentinel.slots.block.RuleConstant;
import com.alibaba.csp.sentinel.slots.block.degrade.DegradeRule;
import com.alibaba.csp.sentinel.slots.block.degrade.DegradeRuleManager;
import com.alibaba.csp.sentinel.slots.block.flow.FlowRule;
import com.alibaba.csp.sentinel.slots.block.flow.FlowRuleManager;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.opensergo.ConfigKind;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Loads what is delivered into Sentinel and tells which rules then hold. */
final class SentinelRules implements Subscription.Listener {
    private final RuleMapping mapping = new RuleMapping();
    private final Map<ConfigKind, Long> newestVersion = new EnumMap<>(ConfigKind.class);
    private RuleMapping.Rules loaded = new RuleMapping.Rules(List.of(), List.of());

    /**
     * Applies a delivery, unless a newer version was delivered already: while one client takes over from another, both
     * deliver, and what the new one was sent first may come after what the old one was sent last.
     */
    @Override
    public synchronized void delivered(int client, ConfigKind kind, long version, List<?> messages) {
        if (version < newestVersion.getOrDefault(kind, 0L)) {
            return;
        }
        newestVersion.put(kind, version);
        RuleMapping.Rules rules = mapping.replace(kind, messages);
        if (rules.equals(loaded)) {
            return;
        }
        FlowRuleManager.loadRules(rules.flow());
        DegradeRuleManager.loadRules(rules.degrade());
        loaded = rules;
        say();
    }

    /** Prints the rules Sentinel holds; those it refused as invalid are not among them. */
    synchronized void say() {
        JsonArray flow = new JsonArray();
        FlowRuleManager.getRules().stream()
                .sorted(Comparator.comparing(FlowRule::getResource).thenComparing(FlowRule::getGrade)
                        .thenComparing(FlowRule::getControlBehavior).thenComparing(FlowRule::getCount))
                .forEach(rule -> flow.add(json(rule)));
        JsonArray degrade = new JsonArray();
        DegradeRuleManager.getRules().stream()
                .sorted(Comparator.comparing(DegradeRule::getResource).thenComparing(DegradeRule::getGrade)
                        .thenComparing(DegradeRule::getCount))
                .forEach(rule -> degrade.add(json(rule)));
        JsonObject line = Lines.event("rules");
        line.add("flow", flow);
        line.add("degrade", degrade);
        Lines.say(line);
    }

    private static JsonObject json(FlowRule rule) {
        JsonObject json = new JsonObject();
        json.addProperty("resource", rule.getResource());
        json.addProperty("grade", rule.getGrade() == RuleConstant.FLOW_GRADE_QPS ? "qps" : "thread");
        if (Double.isInfinite(rule.getCount())) {
            json.addProperty("count", "Infinity");
        } else {
            json.addProperty("count", rule.getCount());
        }
        boolean reject = rule.getControlBehavior() == RuleConstant.CONTROL_BEHAVIOR_DEFAULT;
        json.addProperty("behavior", reject ? "reject" : "rate-limiter");
        json.addProperty("maxQueueingTimeMs", rule.getMaxQueueingTimeMs());
        return json;
    }

    private static JsonObject json(DegradeRule rule) {
        JsonObject json = new JsonObject();
        json.addProperty("resource", rule.getResource());
        json.addProperty("grade", rule.getGrade() == RuleConstant.DEGRADE_GRADE_RT ? "slow-ratio" : "error-ratio");
        json.addProperty("count", rule.getCount());
        json.addProperty("slowRatioThreshold", rule.getSlowRatioThreshold());
        json.addProperty("timeWindow", rule.getTimeWindow());
        json.addProperty("statIntervalMs", rule.getStatIntervalMs());
        json.addProperty("minRequestAmount", rule.getMinRequestAmount());
        return json;
    }
}
