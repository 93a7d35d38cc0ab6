//! Values against what a provider declares.

use super::{Configuration, Fault, Kind, MOST, Problem, Setting, Value, Values};

/// What a set of values comes to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Checked {
    /// Of every setting but the secrets: as given, else as stored, else as declared.
    pub values: Values,
    /// In the order of the settings.
    pub problems: Vec<Problem>,
}

/// Checks `given` over what is stored. A setting that does not count now keeps its value, and nothing is wrong with it.
pub fn check(settings: &[Setting], stored: Option<&Configuration>, given: &[(String, Value)]) -> Checked {
    let mut checked = Checked { values: Values::new(), problems: Vec::new() };
    for (name, _) in given.iter().take(MOST) {
        if !settings.iter().any(|s| s.name == *name) {
            checked.fault(name, Fault::Unknown);
        }
    }
    for setting in settings.iter().take(MOST) {
        let kept = stored.and_then(|c| find(&c.values, &setting.name)).unwrap_or(&setting.initial);
        let new = find(given, &setting.name);
        let counts = match &setting.depends {
            None => true,
            Some((name, is)) => find(&checked.values, name).is_none_or(|value| value == is),
        };
        if let Kind::Secret { min, max } = setting.kind {
            if counts {
                checked.secret(setting, new, (min, max), stored.is_none());
            }
            continue;
        }
        let value = new.filter(|_| counts).unwrap_or(kept);
        if counts {
            let fault =
                if setting.editable { fault(setting, value) } else { (value != kept).then_some(Fault::ReadOnly) };
            if let Some(fault) = fault {
                checked.fault(&setting.name, fault);
            }
        }
        checked.values.push((setting.name.clone(), value.clone()));
    }
    checked
}

impl Checked {
    fn fault(&mut self, name: &str, fault: Fault) {
        self.problems.push(Problem { name: name.to_owned(), fault });
    }

    /// An empty one leaves what the host has; at first it may be required.
    fn secret(&mut self, setting: &Setting, given: Option<&Value>, (min, max): (u32, u32), first: bool) {
        let length = match given {
            None | Some(Value::Null) => 0,
            Some(Value::Number { value }) => *value,
            Some(Value::Flag { .. } | Value::Text { .. }) => return self.fault(&setting.name, Fault::Type),
        };
        let fault = match length {
            ..=0 if setting.required && first => Some(Fault::Missing),
            ..=0 => None,
            _ if !setting.editable => Some(Fault::ReadOnly),
            length => range(length, min.into(), max.into()),
        };
        if let Some(fault) = fault {
            self.fault(&setting.name, fault);
        }
    }
}

fn find<'a>(values: &'a [(String, Value)], name: &str) -> Option<&'a Value> {
    values.iter().find(|(n, _)| n == name).map(|(_, value)| value)
}

fn range(value: i64, min: i64, max: i64) -> Option<Fault> {
    if value < min {
        Some(Fault::Low)
    } else if value > max {
        Some(Fault::High)
    } else {
        None
    }
}

fn fault(setting: &Setting, value: &Value) -> Option<Fault> {
    let empty = match value {
        Value::Null => true,
        Value::Text { value } => value.is_empty(),
        Value::Number { .. } | Value::Flag { .. } => false,
    };
    if empty {
        return setting.required.then_some(Fault::Missing);
    }
    match (&setting.kind, value) {
        (Kind::Text { min, max }, Value::Text { value }) => {
            range(i64::try_from(value.encode_utf16().count()).unwrap_or(i64::MAX), (*min).into(), (*max).into())
        }
        (Kind::Number { min, max }, Value::Number { value }) => range(*value, *min, *max),
        (Kind::Flag, Value::Flag { .. }) => None,
        (Kind::Choice { values }, Value::Text { value }) => (!values.contains(value)).then_some(Fault::Choice),
        (Kind::Text { .. } | Kind::Number { .. } | Kind::Flag | Kind::Choice { .. } | Kind::Secret { .. }, _) => {
            Some(Fault::Type)
        }
    }
}
