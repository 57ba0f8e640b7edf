//! What has to be read for a path file: the accounts and Regions that it names, and versions of functions.

use std::collections::BTreeSet;

use super::collect::FunctionQualifier;
use crate::network::id::Region;
use crate::paths::model::{End, EndForm, RequiredPath, Scope};

/// Where to look: what the file says, else here; and every Region that an end of a path names beyond that.
///
/// An end in another account is looked for with the role that the file has for that account, whatever Region it has
/// it for; where there is none, with our own credentials.
pub fn scopes(said: &[Scope], paths: &[RequiredPath], here: &str) -> Vec<Scope> {
    let own = |region: Region| Scope {
        region,
        role_arn: None,
        external_id: None,
    };
    let mut scopes: Vec<Scope> = Vec::new();
    for scope in said {
        if !scopes.contains(scope) {
            scopes.push(scope.clone());
        }
    }
    if scopes.is_empty() {
        scopes.push(own(here.into()));
    }
    let ends = paths.iter().flat_map(RequiredPath::ends);
    for end in ends {
        let (region, account) = place(end);
        let Some(region) = region else { continue };
        let role = scopes
            .iter()
            .find(|scope| account.is_some() && account_of(scope) == account.as_deref())
            .cloned();
        let wanted = match role {
            Some(role) => Scope { region, ..role },
            None => own(region),
        };
        let is_there = |scope: &Scope| {
            scope.region == wanted.region && (account.is_none() || scope.role_arn == wanted.role_arn)
        };
        if !scopes.iter().any(is_there) {
            scopes.push(wanted);
        }
    }
    scopes
}

/// The versions and aliases of functions that paths start from.
pub fn function_qualifiers(paths: &[RequiredPath]) -> BTreeSet<FunctionQualifier> {
    let ends = paths.iter().flat_map(RequiredPath::ends);
    ends.filter_map(|end| match &end.form {
        EndForm::Lambda {
            function,
            qualifier: Some(qualifier),
        } if qualifier != "$LATEST" => Some(FunctionQualifier {
            function: function.clone(),
            qualifier: qualifier.clone(),
        }),
        _ => None,
    })
    .collect()
}

/// The account of a scope's role.
fn account_of(scope: &Scope) -> Option<&str> {
    scope.role_arn.as_deref()?.split(':').nth(4)
}

/// What an end says of its place, in words of its own or in its ARN.
fn place(end: &End) -> (Option<Region>, Option<String>) {
    let arn = match &end.form {
        EndForm::Lambda { function: name, .. } | EndForm::LoadBalancer(name) | EndForm::Rds(name) => {
            name.as_str()
        }
        _ => end.text.as_str(),
    };
    let mut parts = arn.strip_prefix("arn:").unwrap_or_default().split(':').skip(2);
    let mut part = || parts.next().filter(|part| !part.is_empty()).map(str::to_owned);
    let (region, account) = (part(), part());
    (
        end.region.clone().or_else(|| region.as_deref().map(Region::from)),
        end.account.as_ref().map(ToString::to_string).or(account),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paths::read;

    fn wanted(text: &str) -> (Vec<String>, Vec<String>) {
        let file = read(text, "hopwatch.yaml", None).unwrap().file;
        let scopes = scopes(&file.snapshot_scope, &file.paths, "eu-west-1");
        let scopes = scopes.iter().map(|scope| {
            format!("{} {}", scope.region, scope.role_arn.as_deref().unwrap_or("own"))
                .replace("arn:aws:iam::", "")
        });
        let functions = function_qualifiers(&file.paths);
        let functions = functions
            .iter()
            .map(|it| format!("{}:{}", it.function, it.qualifier));
        (scopes.collect(), functions.collect())
    }

    #[test]
    fn the_account_and_region_we_run_in() {
        let (scopes, functions) = wanted("version: 1\npaths: []\n");
        assert_eq!(scopes, ["eu-west-1 own"]);
        assert!(functions.is_empty());
    }

    #[test]
    fn what_ends_name_beyond_the_scope() {
        let (scopes, functions) = wanted(
            "version: 1
snapshotScope:
  - { region: eu-west-1 }
  - { region: eu-west-1, roleArn: \"arn:aws:iam::111122223333:role/read\" }
paths:
  - name: a
    source: { lambda: \"arn:aws:lambda:us-east-1:111122223333:function:f:prod\" }
    destination: internet
    destinationPort: 443
  - name: b
    source: { tag: { Name: x }, region: eu-central-1 }
    destination: { rds: orders, region: eu-west-1, account: \"111122223333\" }
    destinationPort: 5432
",
        );
        assert_eq!(
            scopes,
            [
                "eu-west-1 own",
                "eu-west-1 111122223333:role/read",
                "us-east-1 111122223333:role/read",
                "eu-central-1 own"
            ]
        );
        assert_eq!(
            functions,
            ["arn:aws:lambda:us-east-1:111122223333:function:f:prod"]
        );
    }
}
