package e2e;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.opensergo.proto.router.v1.ClusterFallbackConfig_ClusterConfig;

/** Reads of a router what Spring Cloud Alibaba reads, and nothing else. */
final class RouteReading {
    private RouteReading() {}

    /** Reads the services of a router, each with its destinations. */
    static JsonArray of(RouteConfiguration router) {
        JsonArray services = new JsonArray();
        for (VirtualHost host : router.getVirtualHostsList()) {
            JsonArray destinations = new JsonArray();
            for (Route route : host.getRoutesList()) {
                read(route, destinations);
            }
            JsonObject service = new JsonObject();
            service.addProperty("service", host.getName().split("[:.]", 2)[0]);
            service.add("destinations", destinations);
            services.add(service);
        }
        return services;
    }

    private static void read(Route route, JsonArray destinations) {
        ClusterFallbackConfig_ClusterConfig fallback = fallback(route);
        String cluster = fallback.getRoutingCluster().isEmpty() ? route.getRoute().getCluster() : fallback.getRoutingCluster();
        if (!cluster.isEmpty()) {
            JsonObject destination = destination(route, cluster, 100);
            if (!fallback.getFallbackCluster().isEmpty()) {
                destination.addProperty("fallback", subset(fallback.getFallbackCluster()));
            }
            destinations.add(destination);
        }
        for (WeightedCluster.ClusterWeight weighted : route.getRoute().getWeightedClusters().getClustersList()) {
            destinations.add(destination(route, weighted.getName(), weighted.getWeight().getValue()));
        }
    }

    /** Takes the bytes of the plugin for the message, whatever type they say they are. */
    private static ClusterFallbackConfig_ClusterConfig fallback(Route route) {
        try {
            return ClusterFallbackConfig_ClusterConfig.parseFrom(
                    route.getRoute().getInlineClusterSpecifierPlugin().getExtension().getTypedConfig().getValue());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static JsonObject destination(Route route, String cluster, int weight) {
        JsonObject destination = new JsonObject();
        destination.add("rules", rules(route.getMatch()));
        destination.addProperty("subset", subset(cluster));
        destination.addProperty("weight", weight);
        return destination;
    }

    private static String subset(String cluster) {
        return cluster.split("\\|")[2];
    }

    private static JsonArray rules(RouteMatch match) {
        JsonArray rules = new JsonArray();
        for (HeaderMatcher header : match.getHeadersList()) {
            add(rules, "header " + header.getName(), header(header));
        }
        for (QueryParameterMatcher parameter : match.getQueryParametersList()) {
            add(rules, "parameter " + parameter.getName(), text(parameter.getStringMatch()));
        }
        switch (match.getPathSpecifierCase()) {
            case PREFIX -> rules.add("path prefix " + match.getPrefix());
            case PATH -> rules.add("path exact " + match.getPath());
            case SAFE_REGEX -> rules.add("path regex " + match.getSafeRegex().getRegex());
            default -> {}
        }
        return rules;
    }

    /** What is blank is no rule. */
    private static void add(JsonArray rules, String what, String how) {
        if (!how.isEmpty()) {
            rules.add(what + " " + how);
        }
    }

    @SuppressWarnings("deprecation")
    private static String header(HeaderMatcher header) {
        if (header.getPresentMatch()) {
            return "";
        }
        if (header.hasStringMatch()) {
            return text(header.getStringMatch());
        }
        return first(header.getExactMatch(), header.getPrefixMatch(), header.getSafeRegexMatch().getRegex());
    }

    private static String text(StringMatcher text) {
        return first(text.getExact(), text.getPrefix(), text.getSafeRegex().getRegex());
    }

    private static String first(String exact, String prefix, String regex) {
        if (!exact.isBlank()) {
            return "exact " + exact;
        }
        if (!prefix.isBlank()) {
            return "prefix " + prefix;
        }
        return regex.isBlank() ? "" : "regex " + regex;
    }
}
