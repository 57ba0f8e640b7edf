//! Which calls are hopwatch's own.

use std::collections::BTreeSet;

use super::actor::{Actor, Identity};

/// How hopwatch is known to CloudTrail. It comes from the function's context and configuration, never from an event:
/// a user agent or a session name would let anyone hide a change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Own {
    /// The function's ARN, with or without a qualifier.
    pub function_arn: Option<String>,
    /// The ARNs of the roles it calls with: its own, and those it assumes in other accounts.
    pub role_arns: BTreeSet<String>,
}

impl Own {
    /// Whether hopwatch made that call. A call that a service made with hopwatch's role is the service's: Lambda makes the
    /// function's network interfaces so.
    pub fn made(&self, actor: &Actor) -> bool {
        if actor.invoked_by.is_some() || actor.identity != Identity::AssumedRole {
            return false;
        }
        let function = self.function_arn.as_deref().is_some_and(|own| {
            (actor.credentials_issued_to.as_deref()).is_some_and(|arn| unqualified(arn) == unqualified(own))
        });
        function
            || actor
                .issuer_arn
                .as_deref()
                .is_some_and(|arn| self.role_arns.contains(arn))
    }
}

/// A function's ARN without version or alias.
fn unqualified(arn: &str) -> &str {
    match arn.match_indices(':').nth(6) {
        Some((end, _)) => arn.get(..end).unwrap_or(arn),
        None => arn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own() -> Own {
        Own {
            function_arn: Some("arn:aws:lambda:eu-west-1:123456789012:function:hopwatch:live".to_owned()),
            role_arns: BTreeSet::from(["arn:aws:iam::123456789012:role/hopwatch".to_owned()]),
        }
    }

    #[test]
    fn a_call_is_own_by_function_or_by_role_only() {
        let role = Actor {
            identity: Identity::AssumedRole,
            ..Actor::default()
        };
        let by_role = Actor {
            issuer_arn: Some("arn:aws:iam::123456789012:role/hopwatch".to_owned()),
            ..role.clone()
        };
        let by_function = Actor {
            credentials_issued_to: Some("arn:aws:lambda:eu-west-1:123456789012:function:hopwatch".to_owned()),
            ..role.clone()
        };
        let by_another_function = Actor {
            credentials_issued_to: Some(
                "arn:aws:lambda:eu-west-1:123456789012:function:hopwatch2".to_owned(),
            ),
            ..role.clone()
        };
        let by_lambda = Actor {
            invoked_by: Some("lambda.amazonaws.com".to_owned()),
            ..by_role.clone()
        };
        assert!(own().made(&by_role));
        assert!(own().made(&by_function));
        assert!(!own().made(&by_another_function));
        assert!(!own().made(&by_lambda));
        assert!(!own().made(&role));
        assert!(!Own::default().made(&by_role));
    }

    #[test]
    fn a_session_name_hides_nothing() {
        let actor = Actor {
            identity: Identity::AssumedRole,
            issuer_arn: Some("arn:aws:iam::123456789012:role/other".to_owned()),
            session: Some("hopwatch".to_owned()),
            ..Actor::default()
        };
        assert!(!own().made(&actor));
    }
}
