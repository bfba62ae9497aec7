//! From an encoded descriptor set to the one message a kind is sent as, or a sentence why not.
//!
//! Whoever writes a definition writes the set, so nothing in it is trusted: it is small, it is proto3, and every map in
//! what the message reaches is one.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use prost::Message;
use prost_reflect::{DescriptorPool, FieldDescriptor, Kind, MessageDescriptor, Syntax};
use prost_types::{DescriptorProto, FileDescriptorProto, FileDescriptorSet};

use super::{built_in, read};
use crate::proto::FILE_DESCRIPTOR_SET;

/// The most messages of a set.
const MOST: usize = 1_000;
/// Messages of a set that are named when the wanted one is not among them.
const NAMED: usize = 10;
/// The longest reason of the library that is passed on, in characters.
const LONGEST: usize = 300;

/// Finds the message in a set.
pub(super) fn message(set: &[u8], name: &str) -> Result<MessageDescriptor, String> {
    let set = FileDescriptorSet::decode(set);
    let mut set = set.map_err(|error| format!("a descriptor set that can be read: {}", short(&error)))?;
    let google = DescriptorPool::global();
    // Google's own are known already, perhaps in another release's spelling.
    set.file.retain(|file| google.get_file_by_name(file.name()).is_none());
    set.file.iter_mut().for_each(reduce);
    check_set(&set)?;
    let own: BTreeSet<_> = set.file.iter().map(|file| file.name().to_owned()).collect();
    add_ours(&mut set, &google)?;
    let pool = build(google, set)?;
    let is_own =
        |message: &MessageDescriptor| own.contains(message.parent_file().name()) && built_in::kind(message).is_none();
    let message = pool.get_message_by_name(name).filter(is_own);
    let message =
        message.ok_or_else(|| format!("one of the messages of the descriptor set: {}", names(&pool, is_own)))?;
    check_reachable(&message)?;
    Ok(message)
}

/// Keeps what says how messages are encoded.
fn reduce(file: &mut FileDescriptorProto) {
    file.service.clear();
    file.extension.clear();
    file.options = None;
    file.source_code_info = None;
}

/// Refuses sets that are too large, that add to what is Google's, and those the library gives up on: it knows no editions.
fn check_set(set: &FileDescriptorSet) -> Result<(), String> {
    let found: usize = set.file.iter().map(messages).sum();
    if found > MOST {
        return Err(format!("at most {MOST} messages in the descriptor set, it has {found}"));
    }
    if let Some(file) = set.file.iter().find(|file| file.package() == read::GOOGLE) {
        return Err(format!("packages of one's own, `{}` is of {}", short(&file.name()), read::GOOGLE));
    }
    let is_known = |file: &&FileDescriptorProto| matches!(file.syntax(), "" | "proto2" | "proto3");
    match set.file.iter().find(|file| !is_known(file)) {
        Some(file) => Err(format!("files of proto3, `{}` is of {}", short(&file.name()), short(&file.syntax()))),
        None => Ok(()),
    }
}

/// Joins a set with what is known. The library panics on some sets no compiler makes; then the set is to blame.
fn build(mut pool: DescriptorPool, set: FileDescriptorSet) -> Result<DescriptorPool, String> {
    let built = catch_unwind(AssertUnwindSafe(|| pool.add_file_descriptor_set(set).map(|()| pool)));
    let reason = match built {
        Ok(Ok(pool)) => return Ok(pool),
        Ok(Err(error)) => short(&error),
        Err(_) => "this one is broken".to_owned(),
    };
    Err(format!("a descriptor set that is whole and lawful: {reason}"))
}

/// Adds those of our files that are imported and not there, and what they import.
fn add_ours(set: &mut FileDescriptorSet, google: &DescriptorPool) -> Result<(), String> {
    let ours = FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).map_err(|error| short(&error))?.file;
    let mut next = 0;
    while let Some(file) = set.file.get(next) {
        let is_there =
            |name: &str| google.get_file_by_name(name).is_some() || set.file.iter().any(|file| file.name() == name);
        let is_missing = |ours: &&FileDescriptorProto| {
            file.dependency.iter().any(|import| import == ours.name()) && !is_there(ours.name())
        };
        let added: Vec<_> = ours.iter().filter(is_missing).cloned().collect();
        set.file.extend(added);
        next += 1;
    }
    Ok(())
}

/// Refuses what the JSON mapping of proto3 does not say, or says of contents nobody here can check.
fn check_reachable(message: &MessageDescriptor) -> Result<(), String> {
    let mut seen = BTreeSet::from([message.full_name().to_owned()]);
    let mut waiting = vec![message.clone()];
    while let Some(message) = waiting.pop() {
        check(&message)?;
        for field in message.fields().filter(|_| !read::is_well_known(&message)) {
            check_field(&field)?;
            if let Kind::Message(inner) = field.kind()
                && seen.insert(inner.full_name().to_owned())
            {
                waiting.push(inner);
            }
        }
    }
    Ok(())
}

fn check(message: &MessageDescriptor) -> Result<(), String> {
    let name = message.full_name();
    if name == "google.protobuf.Any" {
        return Err("messages whose fields all have a type of their own, without `google.protobuf.Any`".to_owned());
    }
    if message.parent_file().syntax() != Syntax::Proto3 {
        return Err(format!("messages of proto3 only, `{name}` is of another"));
    }
    let is_key = |field: FieldDescriptor| {
        field.name() == "key"
            && !field.is_list()
            && !matches!(field.kind(), Kind::Message(_) | Kind::Enum(_) | Kind::Double | Kind::Float | Kind::Bytes)
    };
    let is_map = message.get_field(1).is_some_and(is_key)
        && message.get_field(2).is_some_and(|field| field.name() == "value" && !field.is_list())
        && message.fields().len() == 2;
    if message.is_map_entry() && !is_map {
        return Err(format!("maps of a key and a value, `{name}` is none"));
    }
    Ok(())
}

fn check_field(field: &FieldDescriptor) -> Result<(), String> {
    let is_lone_entry = matches!(field.kind(), Kind::Message(inner) if inner.is_map_entry()) && !field.is_map();
    if field.is_group() || field.is_required() || is_lone_entry {
        return Err(format!(
            "fields of proto3 only, `{}` is a group, a required one or a piece of a map",
            field.full_name()
        ));
    }
    Ok(())
}

/// Counts the messages of a file.
fn messages(file: &FileDescriptorProto) -> usize {
    fn count(message: &DescriptorProto) -> usize {
        1 + message.nested_type.iter().map(count).sum::<usize>()
    }
    file.message_type.iter().map(count).sum()
}

/// Names the messages of the set itself.
fn names(pool: &DescriptorPool, is_own: impl Fn(&MessageDescriptor) -> bool) -> String {
    let own = pool.all_messages().filter(|message| is_own(message) && message.parent_message().is_none());
    let names: Vec<_> = own.map(|message| format!("`{}`", message.full_name())).collect();
    match names.len() {
        0 => "it has none".to_owned(),
        all @ ..=NAMED => names[..all].join(", "),
        all => format!("{} and {} more", names[..NAMED].join(", "), all - NAMED),
    }
}

/// Puts a reason of a library on one line of bearable length.
fn short(error: &impl ToString) -> String {
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect()
}
