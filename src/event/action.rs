//! The table of API calls: which can change what reaches what, and where their events say so.
//!
//! It is data, `actions.tsv`, whose head explains its columns; a test holds it against the reference list.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;

use crate::network::Kind;

use super::change::Verb;
use super::loose;
use super::touched::Role;

/// How a call can change what reaches what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Impact {
    /// Not at all.
    None,
    /// Where paths select by tag.
    Tags,
    /// It prepares what another call will use.
    Indirect,
    /// By itself.
    Direct,
}

/// A call of the table.
#[derive(Debug)]
pub(super) struct ActionRow {
    pub(super) service: &'static str,
    /// Without Lambda's date and version; of a family of calls the beginning.
    pub(super) action: &'static str,
    /// The API version, where two APIs of the service use the name.
    pub(super) version: Option<&'static str>,
    pub(super) verb: Option<Verb>,
    pub(super) impact: Impact,
    pub(super) done_later: bool,
    pub(super) kinds: Vec<Kind>,
    pub(super) ids: Vec<IdAt>,
}

impl ActionRow {
    /// What became of what stands at that path (in lower case).
    pub(super) fn role_at(&self, part: Part, path: &str) -> Option<Role> {
        let at = self
            .ids
            .iter()
            .find(|at| at.part == part && at.path.eq_ignore_ascii_case(path))?;
        Some(at.role)
    }

    /// Whether the request says what is touched.
    pub(super) fn asks_for_ids(&self) -> bool {
        self.ids.iter().any(|at| at.part == Part::Request)
    }

    /// Whether only the response says what was created.
    pub(super) fn answers_with_ids(&self) -> bool {
        let created = |part| {
            self.ids
                .iter()
                .any(|at| at.part == part && at.role == Role::Created)
        };
        created(Part::Response) && !created(Part::Request)
    }
}

/// A place in an event where an id stands.
#[derive(Debug)]
pub(super) struct IdAt {
    pub(super) part: Part,
    /// Names parted by points, below the key around the whole, without the names that only make a list.
    pub(super) path: &'static str,
    pub(super) role: Role,
}

/// A part of a CloudTrail record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// `requestParameters`.
    Request,
    /// `responseElements`.
    Response,
    /// Anything else that is read.
    Other,
}

/// The table.
#[derive(Debug, Default)]
pub(super) struct Actions {
    /// By service and name.
    exact: BTreeMap<&'static str, BTreeMap<&'static str, Vec<ActionRow>>>,
    /// Families of calls, by how their names begin.
    families: Vec<ActionRow>,
}

impl Actions {
    /// The table of this version.
    pub(super) fn known() -> &'static Actions {
        static KNOWN: LazyLock<Actions> = LazyLock::new(|| Actions::read(include_str!("actions.tsv")).0);
        &KNOWN
    }

    /// Reads a table; also the numbers of the lines that are not well-formed.
    fn read(text: &'static str) -> (Actions, Vec<usize>) {
        let mut actions = Actions::default();
        let mut bad = Vec::new();
        for (number, line) in text.lines().enumerate() {
            if line.starts_with('#') {
                continue;
            }
            match row(line) {
                Some(row) if row.action.ends_with('*') => actions.families.push(ActionRow {
                    action: row.action.trim_end_matches('*'),
                    ..row
                }),
                Some(row) => {
                    let service = actions.exact.entry(row.service).or_default();
                    service.entry(row.action).or_default().push(row);
                }
                None => bad.push(number + 1),
            }
        }
        (actions, bad)
    }

    /// The call of that name, as CloudTrail writes service and name. Two APIs of one service may use a name: then the
    /// version tells, else what the request has.
    pub(super) fn find(
        &self,
        service: &str,
        event_name: &str,
        api_version: Option<&str>,
        request: Option<&Value>,
    ) -> Option<&ActionRow> {
        let name = plain_name(service, event_name);
        let Some(rows) = self.exact.get(service).and_then(|calls| calls.get(name)) else {
            return self
                .families
                .iter()
                .find(|family| family.service == service && name.starts_with(family.action));
        };
        rows.iter()
            .find(|row| rows.len() > 1 && row.version.is_some() && row.version == api_version)
            .or_else(|| rows.iter().find(|row| asks_as(row, request)))
            .or_else(|| rows.first())
    }

    /// Every call, families left out.
    pub(super) fn rows(&self) -> impl Iterator<Item = &ActionRow> {
        self.exact.values().flat_map(BTreeMap::values).flatten()
    }

    /// Every family of calls.
    pub(super) fn families(&self) -> &[ActionRow] {
        &self.families
    }
}

/// Whether a request has a member that such a call has.
fn asks_as(row: &ActionRow, request: Option<&Value>) -> bool {
    request.map(loose::unwrapped).is_some_and(|request| {
        row.ids.iter().filter(|at| at.part == Part::Request).any(|at| {
            at.path
                .split('.')
                .next()
                .is_some_and(|name| loose::member(request, name).is_some())
        })
    })
}

/// A call's name without the date and version that Lambda's have: `UpdateFunctionConfiguration20150331v2`.
pub(super) fn plain_name<'a>(service: &str, event_name: &'a str) -> &'a str {
    if service != "lambda" {
        return event_name;
    }
    let without_version = match event_name.rsplit_once('v') {
        Some((name, version)) if is_digits(version) && name.ends_with(|c: char| c.is_ascii_digit()) => name,
        _ => event_name,
    };
    let name = without_version.trim_end_matches(|c: char| c.is_ascii_digit());
    if without_version.len() == name.len() + "20150331".len() {
        name
    } else {
        event_name
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn row(line: &'static str) -> Option<ActionRow> {
    let mut columns = line.split('\t');
    let mut next = || columns.next().filter(|column| !column.is_empty());
    let row = ActionRow {
        service: next()?,
        action: next()?,
        version: Some(next()?).filter(|version| *version != "-"),
        verb: match next()? {
            "create" => Some(Verb::Create),
            "modify" => Some(Verb::Modify),
            "delete" => Some(Verb::Delete),
            "-" => None,
            _ => return None,
        },
        impact: match next()? {
            "direct" => Impact::Direct,
            "indirect" => Impact::Indirect,
            "tags" => Impact::Tags,
            "none" => Impact::None,
            _ => return None,
        },
        done_later: match next()? {
            "later" => true,
            "now" | "-" => false,
            _ => return None,
        },
        kinds: listed(next()?, ',', |word| word.parse().ok())?,
        ids: listed(next()?, ' ', id_at)?,
    };
    next().is_none().then_some(row)
}

fn listed<T>(
    column: &'static str,
    between: char,
    read: impl Fn(&'static str) -> Option<T>,
) -> Option<Vec<T>> {
    if column == "-" {
        Some(Vec::new())
    } else {
        column.split(between).map(read).collect()
    }
}

fn id_at(text: &'static str) -> Option<IdAt> {
    let (part, rest) = text.split_once('.')?;
    let (path, role) = rest.split_once('=')?;
    Some(IdAt {
        part: match part {
            "request" => Part::Request,
            "response" => Part::Response,
            _ => return None,
        },
        path,
        role: match role {
            "created" => Role::Created,
            "changed" => Role::Changed,
            "deleted" => Role::Deleted,
            "parent" => Role::Parent,
            _ => return None,
        },
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_line_of_the_table_is_read_and_in_order() {
        let text = include_str!("actions.tsv");
        assert_eq!(Actions::read(text).1, Vec::<usize>::new());
        let keys: Vec<Vec<&str>> = text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| line.split('\t').take(3).collect())
            .collect();
        assert!(keys.len() > 700);
        assert!(keys.is_sorted_by(|a, b| a < b), "sorted, each call once");
    }

    #[test]
    fn a_line_that_is_not_well_formed_is_not_guessed_at() {
        for line in [
            "",
            "ec2\tCreateRoute",
            "ec2\tCreateRoute\t-\tmake\tdirect\tnow\troute-table\trequest.routeTableId=changed",
            "ec2\tCreateRoute\t-\tcreate\tdirect\tnow\troute-tabel\trequest.routeTableId=changed",
            "ec2\tCreateRoute\t-\tcreate\tdirect\tnow\troute-table\trouteTableId=changed",
            "ec2\tCreateRoute\t-\tcreate\tdirect\tnow\troute-table\trequest.routeTableId=changed\tmore",
        ] {
            assert!(row(line).is_none(), "{line}");
        }
    }

    #[test]
    fn lambda_names_are_known_whatever_date_they_carry() {
        for (written, plain) in [
            (
                "UpdateFunctionConfiguration20150331v2",
                "UpdateFunctionConfiguration",
            ),
            ("CreateFunction20150331", "CreateFunction"),
            ("CreateFunction20310101v17", "CreateFunction"),
            ("CreateFunctionUrlConfig", "CreateFunctionUrlConfig"),
            ("CreateFunction", "CreateFunction"),
            ("CreateFunction2015", "CreateFunction2015"),
            ("v2", "v2"),
            ("", ""),
        ] {
            assert_eq!(plain_name("lambda", written), plain);
        }
        assert_eq!(
            plain_name("ec2", "CreateFunction20150331"),
            "CreateFunction20150331"
        );
        let row = Actions::known()
            .find("lambda", "UpdateFunctionConfiguration20150331v2", None, None)
            .unwrap();
        assert_eq!((row.impact, row.done_later), (Impact::Direct, true));
    }

    #[test]
    fn classic_and_new_load_balancers_are_told_apart() {
        let find = |version, request| {
            let request: Value = request;
            let row = Actions::known().find(
                "elasticloadbalancing",
                "DeleteLoadBalancer",
                version,
                Some(&request),
            );
            row.unwrap().version
        };
        assert_eq!(find(Some("2015-12-01"), json!({})), Some("2015-12-01"));
        assert_eq!(find(Some("2012-06-01"), json!({})), Some("2012-06-01"));
        assert_eq!(find(None, json!({"loadBalancerArn": "x"})), Some("2015-12-01"));
        assert_eq!(find(None, json!({"loadBalancerName": "x"})), Some("2012-06-01"));
    }

    #[test]
    fn a_family_never_hides_a_call_that_matters() {
        let actions = Actions::known();
        for family in actions.families() {
            assert_eq!(family.impact, Impact::None, "{}", family.action);
            for row in actions.rows() {
                let hidden = row.service == family.service && row.action.starts_with(family.action);
                assert!(!hidden, "{} hides {}", family.action, row.action);
            }
        }
        let find = |name| actions.find("ec2", name, None, None).map(|row| row.impact);
        assert_eq!(find("CreateSnapshots"), Some(Impact::None));
        assert_eq!(find("CopySomethingNew"), Some(Impact::None));
        assert_eq!(find("ModifyVpcTrafficPolicy"), None);
    }
}
