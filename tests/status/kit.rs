//! Providers in states, and rows by tag.

use mailspooler::mapi::*;
pub use mailspooler::provider::*;
pub use mailspooler::status::*;

pub const NOW: Moment = Moment { mono: 0, jitter: 200 };
pub const READY: SessionFacts = SessionFacts { role: Role::Driver, storage: Storage::Works, online: true };

pub fn loaded(functions: &[Function]) -> Provider {
    let functions = functions.iter().copied().collect();
    Provider::new(Setup { functions, types: AddressTypes::default(), poll_ms: 60_000, remote: false })
}

pub fn after(mut provider: Provider, inputs: &[ProviderInput]) -> Provider {
    for input in inputs {
        let _ = provider.step(input.clone(), NOW);
    }
    provider
}

pub fn running(functions: &[Function]) -> Provider {
    let both = Directions { inbound: true, outbound: true };
    after(loaded(functions), &[ProviderInput::Start, ProviderInput::Want(both)])
}

pub fn wrote(provider: Provider, columns: &[(PropTag, PropValue)]) -> Provider {
    let flags = ModifyRowFlags::UPDATE;
    after(provider, &[ProviderInput::ModifyRow { columns: columns.to_vec(), flags }])
}

pub fn facts(provider: &Provider) -> TransportFacts<'_> {
    TransportFacts {
        kind: mailspooler::mapi::ResourceType::TransportProvider,
        serial: 1,
        uid: "t1",
        display_name: "Work",
        provider_display: "Example",
        module_name: "example",
        resource_flags: ResourceFlags::EMPTY,
        identity: None,
        progress: (-1, ""),
        provider,
    }
}

pub fn get(row: &StatusRow, tag: PropTag) -> Option<PropValue> {
    let found: Vec<_> = row.columns.iter().filter(|(t, _)| *t == tag).collect();
    assert!(found.len() <= 1, "{tag:?} twice");
    found.first().map(|(_, value)| value.clone())
}

pub fn number(row: &StatusRow, tag: PropTag) -> u32 {
    let Some(PropValue::Long(n)) = get(row, tag) else { unreachable!("{tag:?}") };
    u32::from_ne_bytes(n.to_ne_bytes())
}

pub fn transport_row(facts: TransportFacts<'_>) -> StatusRow {
    rows(&READY, [facts]).pop().unwrap()
}
