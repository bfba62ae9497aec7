//! What only code checks: by kind, by field, in the words of the door.

use super::{Exception, Sign};

/// Several lists in one another, or a table of a thousand entries.
const NESTED: &str = "a rule over lists in lists is beyond the API server's cost budget; only the door checks it";
const KEYS: &str =
    "keys have no bound in a CRD, so every rule over them is beyond the cost budget; only the door checks it";
const ELSEWHERE: &str = "what it is compared with stands elsewhere in the object; only the door looks there";
const GRAMMAR: &str = "more of a grammar than a pattern says; only the door reads it";
const TYPES: &str = "what is needed depends on the type beside; a CRD has the fields of all types together";
const DECIMALS: &str = "a schema knows no decimals, and no bound beyond 2^53; only the door counts them";
const URL: &str = "the URL may say it, or say otherwise; only the door reads it";
const BESIDE: &str = "a CRD counts what stands beside the groups as groups";
const BYTES: &str = "a schema counts characters; only the door counts bytes";
const NULL: &str = "the API server drops null before it looks; none: {} says the same";

/// Fields of one kind, what the door demands of each, and why a CRD does not.
struct Check {
    kind: &'static str,
    paths: &'static [&'static str],
    demand: &'static str,
    reason: &'static str,
    sign: Sign,
}

const fn field(
    kind: &'static str,
    paths: &'static [&'static str],
    demand: &'static str,
    reason: &'static str,
) -> Check {
    Check { kind, paths, demand, reason, sign: Sign::Field }
}

const fn typed(kind: &'static str, paths: &'static [&'static str]) -> Check {
    Check { kind, paths, demand: "the fields of the type, and no others", reason: TYPES, sign: Sign::Typed }
}

const HEADERS: &[&str] = &[
    "spec.http[].match[].headers{}",
    "spec.http[].match[].withoutHeaders{}",
    "spec.http[].headers.request.set{}",
    "spec.http[].headers.request.add{}",
    "spec.http[].headers.response.set{}",
    "spec.http[].headers.response.add{}",
    "spec.http[].route[].headers.request.set{}",
    "spec.http[].route[].headers.request.add{}",
    "spec.http[].route[].headers.response.set{}",
    "spec.http[].route[].headers.response.add{}",
];
const ALGORITHMS: &[&str] = &[
    "spec.defaultDatabaseStrategy.standard.shardingAlgorithmName",
    "spec.defaultDatabaseStrategy.complex.shardingAlgorithmName",
    "spec.defaultDatabaseStrategy.hint.shardingAlgorithmName",
    "spec.defaultTableStrategy.standard.shardingAlgorithmName",
    "spec.defaultTableStrategy.complex.shardingAlgorithmName",
    "spec.defaultTableStrategy.hint.shardingAlgorithmName",
    "spec.tables{}.databaseStrategy.standard.shardingAlgorithmName",
    "spec.tables{}.databaseStrategy.complex.shardingAlgorithmName",
    "spec.tables{}.databaseStrategy.hint.shardingAlgorithmName",
    "spec.tables{}.tableStrategy.standard.shardingAlgorithmName",
    "spec.tables{}.tableStrategy.complex.shardingAlgorithmName",
    "spec.tables{}.tableStrategy.hint.shardingAlgorithmName",
    "spec.autoTables{}.shardingStrategy.standard.shardingAlgorithmName",
    "spec.autoTables{}.shardingStrategy.complex.shardingAlgorithmName",
    "spec.autoTables{}.shardingStrategy.hint.shardingAlgorithmName",
];
const COLUMN: &[&str] = &[
    "spec.defaultDatabaseStrategy.standard.shardingColumn",
    "spec.defaultTableStrategy.standard.shardingColumn",
    "spec.tables{}.databaseStrategy.standard.shardingColumn",
    "spec.tables{}.tableStrategy.standard.shardingColumn",
    "spec.autoTables{}.shardingStrategy.standard.shardingColumn",
];
const COLUMNS: &[&str] = &[
    "spec.defaultDatabaseStrategy.complex.shardingColumns",
    "spec.defaultTableStrategy.complex.shardingColumns",
    "spec.tables{}.databaseStrategy.complex.shardingColumns",
    "spec.tables{}.tableStrategy.complex.shardingColumns",
    "spec.autoTables{}.shardingStrategy.complex.shardingColumns",
];
const KEY_GENERATORS: &[&str] = &[
    "spec.defaultKeyGenerateStrategy.keyGeneratorName",
    "spec.tables{}.keyGenerateStrategy.keyGeneratorName",
    "spec.autoTables{}.keyGenerateStrategy.keyGeneratorName",
];
const ENCRYPTORS: &[&str] = &[
    "spec.tables{}.columns{}.encryptorName",
    "spec.tables{}.columns{}.assistedQueryEncryptorName",
    "spec.tables{}.columns{}.likeQueryEncryptorName",
];
const STRATEGIES: &[&str] = &[
    "spec.defaultDatabaseStrategy",
    "spec.defaultTableStrategy",
    "spec.tables{}.databaseStrategy",
    "spec.tables{}.tableStrategy",
    "spec.autoTables{}.shardingStrategy",
];

const LISTED: &[&str] = &[
    "spec.defaultDatabaseStrategy.standard.shardingColumn",
    "spec.defaultDatabaseStrategy.complex.shardingColumns",
    "spec.defaultDatabaseStrategy.hint.shardingColumn",
    "spec.defaultTableStrategy.standard.shardingColumn",
    "spec.defaultTableStrategy.complex.shardingColumns",
    "spec.defaultTableStrategy.hint.shardingColumn",
    "spec.tables{}.databaseStrategy.standard.shardingColumn",
    "spec.tables{}.databaseStrategy.complex.shardingColumns",
    "spec.tables{}.databaseStrategy.hint.shardingColumn",
    "spec.tables{}.tableStrategy.standard.shardingColumn",
    "spec.tables{}.tableStrategy.complex.shardingColumns",
    "spec.tables{}.tableStrategy.hint.shardingColumn",
    "spec.autoTables{}.shardingStrategy.standard.shardingColumn",
    "spec.autoTables{}.shardingStrategy.complex.shardingColumns",
    "spec.autoTables{}.shardingStrategy.hint.shardingColumn",
    "spec.bindingTables[]",
    "spec.shardingAlgorithms{}.props.sharding-columns",
];
const NODES: &[&str] = &["spec.tables{}.actualDataNodes", "spec.autoTables{}.actualDataSources"];
const EXPRESSIONS: &[&str] = &[
    "spec.tables{}.actualDataNodes",
    "spec.autoTables{}.actualDataSources",
    "spec.shardingAlgorithms{}.props.algorithm-expression",
];
const COLUMNS_THERE: &[&str] = &[
    "spec.tables{}.columns{}.cipherColumn",
    "spec.tables{}.columns{}.plainColumn",
    "spec.tables{}.columns{}.assistedQueryColumn",
    "spec.tables{}.columns{}.likeQueryColumn",
];
const PORTS: &[&str] =
    &["spec.trafficPolicy.portLevelSettings[].port", "spec.subsets[].trafficPolicy.portLevelSettings[].port"];
const MAGLEV: &[&str] = &[
    "spec.trafficPolicy.loadBalancer.consistentHash.maglev.tableSize",
    "spec.trafficPolicy.portLevelSettings[].loadBalancer.consistentHash.maglev.tableSize",
    "spec.subsets[].trafficPolicy.loadBalancer.consistentHash.maglev.tableSize",
    "spec.subsets[].trafficPolicy.portLevelSettings[].loadBalancer.consistentHash.maglev.tableSize",
];
const SHARES: &[&str] = &[
    "spec.trafficPolicy.loadBalancer.localityLbSetting.distribute[].to",
    "spec.trafficPolicy.portLevelSettings[].loadBalancer.localityLbSetting.distribute[].to",
    "spec.subsets[].trafficPolicy.loadBalancer.localityLbSetting.distribute[].to",
    "spec.subsets[].trafficPolicy.portLevelSettings[].loadBalancer.localityLbSetting.distribute[].to",
];
const SUBNETS: &[&str] = &[
    "spec.tcp[].match[].destinationSubnets[]",
    "spec.tcp[].match[].sourceSubnet",
    "spec.tls[].match[].destinationSubnets[]",
];

const CHECKS: &[Check] = &[
    field(
        "RateLimitStrategy",
        &["spec.threshold", "spec.key.overrides{}.threshold"],
        "a number from 0 to 2^63 - 1, with at most six decimals",
        DECIMALS,
    ),
    field("VirtualWorkload", PORTS, "a port no other settings are for", NESTED),
    field("VirtualWorkload", MAGLEV, "a prime from 2 to 5000011", GRAMMAR),
    field("VirtualWorkload", SHARES, "shares that add up to 100", NESTED),
    field("TrafficRouter", HEADERS, "the name of a header", KEYS),
    field("TrafficRouter", &["spec.http[].retries.retryOn"], "statuses from 100 to 599, …", NESTED),
    field("TrafficRouter", SUBNETS, "an address of IPv4 or IPv6, or a range of them, as 10.1.0.0/16", GRAMMAR),
    field(
        "TrafficLane",
        &["spec.rules.traffic.http.headers{}", "spec.rules.traffic.http.withoutHeaders{}"],
        "the name of a header",
        KEYS,
    ),
    field(
        "DatabaseEndpoint",
        &["spec.database.MySQL.url"],
        "jdbc:mysql://host:port/schema, perhaps with ?name=value&name=value",
        GRAMMAR,
    ),
    field(
        "DatabaseEndpoint",
        &["spec.database.MySQL.host"],
        "a DNS name, an IPv4 or an IPv6 address, without a port",
        GRAMMAR,
    ),
    field("DatabaseEndpoint", &["spec.database.MySQL.username"], "the user that connects", URL),
    field("DatabaseEndpoint", &["spec.database.MySQL.username"], "the user once", URL),
    field(
        "DatabaseEndpoint",
        &["spec.database.MySQL.password"],
        "one of password, passwordFrom, passwordSecretRef",
        URL,
    ),
    field("DatabaseEndpoint", &["spec.database.MySQL.password", "spec.database.MySQL.url"], "the password once", URL),
    field("DatabaseEndpoint", &["spec.database.MySQL.minPoolSize"], "minPoolSize up to maxPoolSize", ELSEWHERE),
    field("DatabaseDiscovery", &["spec.dataSources"], "a map of 1 to 100 groups", BESIDE),
    field(
        "DatabaseDiscovery",
        &["spec.discoveryHeartbeats{}.props.keep-alive-cron"],
        "the six or seven fields of Quartz (second minute hour day month weekday year), as 0/5 * * * * ?",
        GRAMMAR,
    ),
    typed("DatabaseDiscovery", &["spec.discoveryTypes{}.props"]),
    field("Sharding", ALGORITHMS, "the name of one sharding algorithm…", ELSEWHERE),
    field(
        "Sharding",
        ALGORITHMS,
        "complex for COMPLEX_INLINE, hint for HINT_INLINE, standard for all others",
        ELSEWHERE,
    ),
    field(
        "Sharding",
        &["spec.autoTables{}.shardingStrategy"],
        "standard, with MOD, HASH_MOD, VOLUME_RANGE, BOUNDARY_RANGE or AUTO_INTERVAL",
        ELSEWHERE,
    ),
    field("Sharding", COLUMN, "a column, here or as defaultShardingColumn", ELSEWHERE),
    field("Sharding", COLUMN, "one column; a complex strategy takes several", ELSEWHERE),
    field("Sharding", COLUMNS, "a column, here or as defaultShardingColumn", ELSEWHERE),
    field("Sharding", LISTED, "names separated by commas, each once, as t_order,t_order_item", GRAMMAR),
    field("Sharding", &["spec.bindingTables[]"], "tables of this object: …", ELSEWHERE),
    field("Sharding", &["spec.bindingTables[]"], "tables with nodes alike", ELSEWHERE),
    field("Sharding", &["spec.bindingTables[]"], "each table in one group", ELSEWHERE),
    field("Sharding", &["spec.tables", "spec.autoTables", "spec.broadcastTables"], "each table once", ELSEWHERE),
    field(
        "Sharding",
        EXPRESSIONS,
        "an inline expression, as ds_${0..1}.t_order_${0..1} or t_order_${order_id % 2}",
        GRAMMAR,
    ),
    field("Sharding", NODES, "data nodes without variables", GRAMMAR),
    field("Sharding", NODES, "data_source.table", GRAMMAR),
    field("Sharding", NODES, "each node once", GRAMMAR),
    field("Sharding", NODES, "names of data sources", GRAMMAR),
    field("Sharding", &["spec.tables{}.actualDataNodes"], "100000 nodes", ELSEWHERE),
    field("Sharding", &["spec.autoTables{}.actualDataSources"], "100000 names", ELSEWHERE),
    field("Sharding", KEY_GENERATORS, "the name of one key generator…", ELSEWHERE),
    field("Sharding", &["spec.shardingAlgorithms{}.props.algorithm-expression"], "the sharding columns: …", ELSEWHERE),
    field("Sharding", &["spec.shardingAlgorithms{}.props.sharding-columns"], "those of the strategy: …", ELSEWHERE),
    field(
        "Sharding",
        &[
            "spec.shardingAlgorithms{}.props.datetime-pattern",
            "spec.shardingAlgorithms{}.props.sharding-suffix-pattern",
        ],
        "a pattern of yyyy, yy, MM, M, dd, d, HH, H, mm, ss, S and texts that are no letters or stand in '', as yyyy-MM-dd",
        GRAMMAR,
    ),
    typed("Sharding", &["spec.shardingAlgorithms{}.props", "spec.keyGenerators{}.props"]),
    field("Encryption", ENCRYPTORS, "the name of one encryptor…", ELSEWHERE),
    field("Encryption", ENCRYPTORS, "CHAR_DIGEST_LIKE for likeQueryColumn, and for it alone", ELSEWHERE),
    field(
        "Encryption",
        &["spec.tables{}.columns{}.assistedQueryEncryptorName"],
        "one of encryptors: it may be left out where exactly one is of type MD5",
        ELSEWHERE,
    ),
    field("Encryption", &["spec.tables{}.columns{}.likeQueryEncryptorName"], "one of encryptors", NESTED),
    field(
        "Encryption",
        &["spec.tables{}.columns{}.assistedQueryColumn", "spec.tables{}.columns{}.likeQueryColumn"],
        "the column the digest stands in",
        NESTED,
    ),
    field("Encryption", COLUMNS_THERE, "each column of the table once", NESTED),
    field("Encryption", &["spec.encryptors{}.keyFrom"], "AES, RC4 or SM4", TYPES),
    field("Encryption", &["spec.encryptors{}.keyFrom"], "the key once", TYPES),
    field("Encryption", &["spec.encryptors{}.props.aes-key-value"], "a key of 1 to 1024 bytes", BYTES),
    field("Encryption", &["spec.encryptors{}.props.salt"], "a key of 0 to 1024 bytes", BYTES),
    field("Encryption", &["spec.encryptors{}.props.rc4-key-value"], "a key of 5 to 255 bytes", BYTES),
    typed("Encryption", &["spec.encryptors{}.props"]),
    field("Shadow", &["spec.defaultShadowAlgorithmName"], "one of type SIMPLE_HINT or SQL_HINT", TYPES),
    field("Shadow", &["spec.tables{}.shadowAlgorithmNames[]"], "the name of one shadow algorithm…", NESTED),
    field("Shadow", &["spec.tables{}.dataSourceNames[]"], "the name of one pair…", NESTED),
    field("Shadow", &["spec.tables{}.dataSourceNames[]"], "each database once", NESTED),
    field(
        "VirtualDatabase",
        &["spec.services[].databaseMySQL.host"],
        "a DNS name, an IPv4 or an IPv6 address, without a port",
        GRAMMAR,
    ),
    field("VirtualDatabase", &["spec.services[].databaseMySQL"], "each schema of an address once", GRAMMAR),
];

/// Lists what only code checks of one kind.
pub(super) fn of_kind(name: &str) -> impl Iterator<Item = Exception> {
    let checks = CHECKS.iter().filter(move |check| check.kind == name);
    let own = checks.flat_map(|Check { paths, demand, reason, sign, .. }| {
        paths.iter().map(move |path| Exception {
            path: (*path).to_owned(),
            demand: (*demand).to_owned(),
            reason,
            sign: *sign,
        })
    });
    let nulls = STRATEGIES.iter().filter(move |_| name == "Sharding").map(|path| Exception {
        path: (*path).to_owned(),
        demand: "none with nothing behind it is written".to_owned(),
        reason: NULL,
        sign: Sign::Null("none"),
    });
    own.chain(nulls)
}
