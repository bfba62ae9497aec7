//! `!DB_DISCOVERY`: the groups whose primary is found, of all discoveries together. Gone from 5.4 on.

use serde_json::{Map, Value, json};

use super::Version;
use super::aside::{Code, Withheld};
use super::names::{ENDPOINT, Names, Source};
use super::table::Named;

const GONE: &str = "no version from 5.4 on finds a primary";

/// Writes the rule; `None` when there is no group.
pub(super) fn rule(names: &Names<'_>, version: Version) -> Result<Option<Value>, Withheld> {
    let (mut groups, mut heartbeats, mut types) = (Map::new(), Named::default(), Named::default());
    for (name, place) in names.iter() {
        let Source::Group(discovery, group) = place.source else { continue };
        if version >= Version::V5_4 {
            return Err(Withheld::of(Code::Discovery, place.object, GONE));
        }
        let Some(group) = discovery.groups().get(group) else { continue };
        let printed = place.object.spec().print();
        let of_type = printed["discoveryTypes"][&*group.discovery_type_name].clone();
        let heartbeat = group.discovery_heartbeat_name.as_deref().unwrap_or("heartbeat");
        let cron = json!({ "props": { "keep-alive-cron": discovery.heartbeat(group).as_str() } });
        let members = group.data_source_names.iter().map(|member| names.of(ENDPOINT, member));
        let group = json!({
            "dataSourceNames": members.collect::<Vec<_>>(),
            "discoveryHeartbeatName": heartbeats.put(heartbeat, cron),
            "discoveryTypeName": types.put(&group.discovery_type_name, of_type),
        });
        groups.insert(name.to_owned(), group);
    }
    Ok((!groups.is_empty()).then(|| {
        json!({
            "dataSources": groups,
            "discoveryHeartbeats": heartbeats.into_map(),
            "discoveryTypes": types.into_map(),
        })
    }))
}
