//! Who made a call: CloudTrail's `userIdentity` (CloudTrail User Guide, "CloudTrail userIdentity element").
//!
//! Every member but `type` is optional, and even that is missing where a service acts by itself. Nothing here fails; what
//! is not known is said to be unknown.

use serde_json::Value;

use crate::network::id::AccountId;
use crate::text::clean;

use super::loose::{account_of, at, boolean, member, text, text_of};
use super::tool::Tool;

/// Who, as far as the record tells. Texts are as somebody wrote them; [`Actor::name`] and [`Actor::words`] are clean.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Actor {
    /// Of what type the identity is.
    pub identity: Identity,
    /// The user's name, where there is a user.
    pub user_name: Option<String>,
    /// The name of the role, where one was assumed.
    pub role: Option<String>,
    /// The name of the session: of a person behind Identity Center, of a pipeline's run, or whatever was chosen.
    pub session: Option<String>,
    /// The ARN of the role or user that the session was made from.
    pub issuer_arn: Option<String>,
    /// The ARN of the caller.
    pub arn: Option<String>,
    /// The caller's unique id.
    pub principal_id: Option<String>,
    /// The caller's account, which may be another than the one where it happened.
    pub account: Option<AccountId>,
    /// The service that made the call on the caller's behalf, as in `cloudformation.amazonaws.com`.
    pub invoked_by: Option<String>,
    /// The provider that vouched for the session: an OIDC provider's ARN or name.
    pub federated_provider: Option<String>,
    /// The Identity Center user on whose behalf it was: an id, not a name.
    pub on_behalf_of: Option<String>,
    /// The ARN of what the credentials were made for: a Lambda function.
    pub credentials_issued_to: Option<String>,
    /// The account of the partner that acts with delegated access.
    pub delegate: Option<AccountId>,
    /// Whether the session was made with a second factor.
    pub mfa: Option<bool>,
    /// What the call was made with.
    pub tool: Tool,
    /// A person, a pipeline or a service.
    pub class: ActorClass,
}

/// The type of an identity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Identity {
    /// The root user of the account.
    Root,
    /// An IAM user.
    IamUser,
    /// A role's session.
    AssumedRole,
    /// A role by itself: seen with cross-account service calls.
    Role,
    /// A user with temporary credentials of `GetFederationToken`.
    FederatedUser,
    /// Somebody vouched for by SAML.
    SamlUser,
    /// Somebody vouched for by a web identity provider.
    WebIdentityUser,
    /// A user of IAM Identity Center.
    IdentityCenterUser,
    /// Somebody of another account.
    AwsAccount,
    /// An AWS service.
    AwsService,
    /// A user of a directory.
    Directory,
    /// The record does not say.
    #[default]
    Unknown,
    /// A type that this version does not know.
    Other(Box<str>),
}

impl Identity {
    fn of(name: &str) -> Self {
        match name {
            "Root" => Self::Root,
            "IAMUser" => Self::IamUser,
            "AssumedRole" => Self::AssumedRole,
            "Role" => Self::Role,
            "FederatedUser" => Self::FederatedUser,
            "SAMLUser" => Self::SamlUser,
            "WebIdentityUser" => Self::WebIdentityUser,
            "IdentityCenterUser" => Self::IdentityCenterUser,
            "AWSAccount" => Self::AwsAccount,
            "AWSService" => Self::AwsService,
            "Directory" => Self::Directory,
            "Unknown" => Self::Unknown,
            other => Self::Other(other.into()),
        }
    }

    /// In words.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Root => "root user",
            Self::IamUser => "IAM user",
            Self::AssumedRole | Self::Role => "role",
            Self::FederatedUser => "federated user",
            Self::SamlUser => "SAML user",
            Self::WebIdentityUser => "web identity",
            Self::IdentityCenterUser => "Identity Center user",
            Self::AwsAccount => "another account",
            Self::AwsService => "AWS service",
            Self::Directory => "directory user",
            Self::Unknown | Self::Other(_) => "identity unknown",
        }
    }
}

/// Who stands behind a call, as far as can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum ActorClass {
    /// A person: a console session, a second factor, Identity Center.
    Human,
    /// A machine of the account's owner: federated from a pipeline, a function's or an instance's role, or
    /// infrastructure as code with a role.
    Pipeline,
    /// An AWS service, by itself or on somebody's behalf.
    Service,
    /// It cannot be told.
    #[default]
    Unknown,
}

impl ActorClass {
    /// In a word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Pipeline => "pipeline",
            Self::Service => "service",
            Self::Unknown => "unknown",
        }
    }
}

/// The longest name that is shown.
const SHOWN: usize = 128;

impl Actor {
    /// Reads the `userIdentity` of a record, and of the record itself what tells the tool.
    pub(super) fn of(detail: &Value) -> Self {
        let nothing = Value::Null;
        let identity = member(detail, "userIdentity").unwrap_or(&nothing);
        let session = member(identity, "sessionContext").unwrap_or(&nothing);
        let issuer = member(session, "sessionIssuer").unwrap_or(&nothing);
        let provider = at(session, &["webIdFederationData", "federatedProvider"]).and_then(text);
        let invoked_by = text_of(identity, "invokedBy");
        let tool = Tool::of(
            invoked_by.as_deref(),
            text_of(detail, "sourceIPAddress").as_deref(),
            text_of(detail, "userAgent").as_deref(),
            member(detail, "sessionCredentialFromConsole").and_then(boolean) == Some(true),
        );
        let arn = text_of(identity, "arn");
        let principal_id = text_of(identity, "principalId");
        let issuer_arn = text_of(issuer, "arn");
        let mut actor = Self {
            identity: text_of(identity, "type").map_or(Identity::Unknown, |name| Identity::of(&name)),
            user_name: text_of(identity, "userName"),
            role: None,
            session: None,
            account: account_of(identity, "accountId"),
            federated_provider: provider.or_else(|| text_of(identity, "identityProvider")),
            on_behalf_of: at(identity, &["onBehalfOf", "userId"]).and_then(text),
            credentials_issued_to: at(identity, &["inScopeOf", "credentialsIssuedTo"]).and_then(text),
            delegate: member(identity, "invokedByDelegate").and_then(|by| account_of(by, "accountId")),
            mfa: at(session, &["attributes", "mfaAuthenticated"]).and_then(boolean),
            class: ActorClass::Unknown,
            arn,
            principal_id,
            issuer_arn,
            invoked_by,
            tool,
        };
        let is_session = matches!(actor.identity, Identity::AssumedRole | Identity::AwsAccount);
        if is_session {
            // `arn:aws:sts::…:assumed-role/ROLE/SESSION`; principal id `AROA…:SESSION`.
            let mut parts = actor.arn.as_deref().unwrap_or_default().split('/').skip(1);
            let role = parts.next().map(str::to_owned);
            let of_arn = parts.next().map(str::to_owned);
            let of_principal = actor.principal_id.as_deref().and_then(|id| id.split_once(':'));
            actor.session = of_arn.or_else(|| of_principal.map(|(_, session)| session.to_owned()));
            actor.role = text_of(issuer, "userName").or(role);
        }
        actor.class = actor.classified(member(detail, "sessionCredentialFromConsole").is_some());
        actor
    }

    /// The permission set of IAM Identity Center, where the session is a person's by it. Roles under its path can be made
    /// by Identity Center only.
    pub fn permission_set(&self) -> Option<&str> {
        let reserved = "/aws-reserved/sso.amazonaws.com/";
        self.issuer_arn.as_deref().filter(|arn| arn.contains(reserved))?;
        let (set, _) = self
            .role
            .as_deref()?
            .strip_prefix("AWSReservedSSO_")?
            .rsplit_once('_')?;
        Some(set)
    }

    /// Whether the role is one that only an AWS service can assume.
    pub fn is_service_linked(&self) -> bool {
        self.issuer_arn
            .as_deref()
            .is_some_and(|arn| arn.contains("/aws-service-role/"))
    }

    /// Whether the record tells anybody at all: services' own events do not.
    pub fn is_known(&self) -> bool {
        self.identity != Identity::Unknown || self.invoked_by.is_some() || self.user_name.is_some()
    }

    fn classified(&self, console: bool) -> ActorClass {
        let by_service = self.tool == Tool::Service || self.is_service_linked();
        let no_caller = matches!(self.identity, Identity::Unknown) && self.invoked_by.is_some();
        if by_service || no_caller || self.identity == Identity::AwsService {
            return ActorClass::Service;
        }
        let person = matches!(
            self.identity,
            Identity::Root | Identity::IdentityCenterUser | Identity::SamlUser
        ) || self.permission_set().is_some()
            || self.on_behalf_of.is_some()
            || self.mfa == Some(true)
            || console
            || self.tool == Tool::Console;
        if person {
            return ActorClass::Human;
        }
        // An instance's role: its session is called after the instance.
        let of_instance = self.session.as_deref().is_some_and(|session| {
            session.strip_prefix("i-").is_some_and(|id| {
                matches!(id.len(), 8 | 17) && id.bytes().all(|byte| byte.is_ascii_hexdigit())
            })
        });
        let machine = self.federated_provider.is_some()
            || self.credentials_issued_to.is_some()
            || of_instance
            || (self.identity == Identity::AssumedRole && self.tool.is_infrastructure_as_code());
        if machine {
            ActorClass::Pipeline
        } else {
            ActorClass::Unknown
        }
    }

    /// By what name to call them: a person's, `role/session`, a service's; `unknown`. Clean.
    pub fn name(&self) -> String {
        let known = |name: &Option<String>| name.as_deref().map(|name| clean(name, SHOWN));
        let name = match &self.identity {
            Identity::Root => Some(match &self.account {
                Some(account) => format!("root user of {}", clean(account.as_str(), SHOWN)),
                None => "root user".to_owned(),
            }),
            Identity::AssumedRole if self.permission_set().is_some() => known(&self.session),
            Identity::AssumedRole | Identity::Role => match (known(&self.role), known(&self.session)) {
                (Some(role), Some(session)) => Some(format!("{role}/{session}")),
                (role, session) => role.or(session),
            },
            Identity::AwsAccount => known(&self.session),
            Identity::IdentityCenterUser => known(&self.user_name).or_else(|| known(&self.on_behalf_of)),
            _ => known(&self.user_name),
        };
        let last_of_arn = || Some(clean(self.arn.as_deref()?.rsplit('/').next()?, SHOWN));
        name.or_else(last_of_arn)
            .or_else(|| known(&self.invoked_by))
            .or_else(|| known(&self.principal_id))
            .unwrap_or_else(|| "unknown".to_owned())
    }

    /// Who, in a line: `jo.example (IAM user, console)`. Clean.
    pub fn words(&self) -> String {
        let mut about = Vec::new();
        match self.permission_set() {
            Some(set) => about.push(format!("Identity Center, {}", clean(set, SHOWN))),
            None if self.identity == Identity::Unknown && self.invoked_by.is_some() => {
                about.push(Identity::AwsService.as_str().to_owned());
            }
            None if self.is_service_linked() => about.push("service-linked role".to_owned()),
            None if self.identity == Identity::Root => {}
            None => about.push(self.identity.as_str().to_owned()),
        }
        if self.identity == Identity::AwsAccount
            && let Some(account) = &self.account
        {
            about.push(clean(account.as_str(), SHOWN));
        }
        match (&self.invoked_by, self.tool) {
            (Some(service), _) if self.name() != *service => {
                about.push(format!("by {}", clean(service, SHOWN)));
            }
            (Some(_), _) | (None, Tool::Unknown) => {}
            (None, tool) => about.push(tool.as_str().to_owned()),
        }
        if let Some(account) = &self.delegate {
            about.push(format!("delegated to {}", clean(account.as_str(), SHOWN)));
        }
        if about.is_empty() {
            self.name()
        } else {
            format!("{} ({})", self.name(), about.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn words(detail: Value) -> (String, &'static str) {
        let actor = Actor::of(&detail);
        (actor.words(), actor.class.as_str())
    }

    fn role(role_path: &str, role: &str, session: &str) -> Value {
        json!({"type": "AssumedRole", "principalId": format!("AROAEXAMPLE:{session}"),
            "arn": format!("arn:aws:sts::123456789012:assumed-role/{role}/{session}"), "accountId": "123456789012",
            "sessionContext": {"sessionIssuer": {"type": "Role", "userName": role,
                "arn": format!("arn:aws:iam::123456789012:role/{role_path}{role}")},
                "attributes": {"mfaAuthenticated": "false"}}})
    }

    #[test]
    fn people() {
        let console = json!({"userIdentity": {"type": "IAMUser", "userName": "jo.example",
            "sessionContext": {"attributes": {"mfaAuthenticated": "true"}}}, "userAgent": "Mozilla/5.0"});
        assert_eq!(
            words(console),
            ("jo.example (IAM user, console)".to_owned(), "human")
        );
        let keys = json!({"userIdentity": {"type": "IAMUser", "userName": "ci"}, "userAgent": "aws-cli/2.1"});
        assert_eq!(words(keys), ("ci (IAM user, command line)".to_owned(), "unknown"));
        let path = "aws-reserved/sso.amazonaws.com/eu-west-1/";
        let person = role(
            path,
            "AWSReservedSSO_Network_Admin_9f1e2d3c4b5a6978",
            "kim@example.com",
        );
        assert_eq!(
            words(json!({"userIdentity": person, "userAgent": "APN/1.0 HashiCorp/1.0 Terraform/1.13"})),
            (
                "kim@example.com (Identity Center, Network_Admin, Terraform)".to_owned(),
                "human"
            )
        );
        let root = json!({"userIdentity": {"type": "Root", "accountId": "123456789012"}, "userAgent": "Mozilla/5.0"});
        assert_eq!(
            words(root),
            ("root user of 123456789012 (console)".to_owned(), "human")
        );
        let center =
            json!({"userIdentity": {"type": "IdentityCenterUser", "onBehalfOf": {"userId": "5a-b"}}});
        assert_eq!(words(center), ("5a-b (Identity Center user)".to_owned(), "human"));
    }

    #[test]
    fn machines() {
        let mut run = role("", "deploy", "run-7");
        run["sessionContext"]["webIdFederationData"] = json!({"federatedProvider": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"});
        assert_eq!(
            words(json!({"userIdentity": run, "userAgent": "aws-cli/2.1"})),
            ("deploy/run-7 (role, command line)".to_owned(), "pipeline")
        );
        let instance = role("", "runner", "i-0123456789abcdef0");
        assert_eq!(words(json!({"userIdentity": instance})).1, "pipeline");
        let unsure = role("", "admin", "session");
        assert_eq!(
            words(json!({"userIdentity": unsure, "userAgent": "aws-cli/2.1"})).1,
            "unknown"
        );
    }

    #[test]
    fn services_and_whom_they_act_for() {
        let mut stack = role("", "deployer", "deploy");
        stack["invokedBy"] = json!("cloudformation.amazonaws.com");
        assert_eq!(
            words(json!({"userIdentity": stack, "userAgent": "cloudformation.amazonaws.com"})),
            (
                "deployer/deploy (role, by cloudformation.amazonaws.com)".to_owned(),
                "pipeline"
            )
        );
        let mut linked = role(
            "aws-service-role/rds.amazonaws.com/",
            "AWSServiceRoleForRDS",
            "SLRManagement",
        );
        linked["invokedBy"] = json!("rds.amazonaws.com");
        assert_eq!(
            words(json!({"userIdentity": linked})),
            (
                "AWSServiceRoleForRDS/SLRManagement (service-linked role, by rds.amazonaws.com)".to_owned(),
                "service"
            )
        );
        let itself = json!({"userIdentity": {"accountId": "123456789012", "invokedBy": "ec2.amazonaws.com"}});
        assert_eq!(
            words(itself),
            ("ec2.amazonaws.com (AWS service)".to_owned(), "service")
        );
        let scaling = json!({"userIdentity": {"type": "IAMUser", "userName": "jo"},
            "sourceIPAddress": "autoscaling.amazonaws.com"});
        assert_eq!(
            words(scaling),
            ("jo (IAM user, AWS service)".to_owned(), "service")
        );
    }

    #[test]
    fn others_and_nobody() {
        let other = json!({"userIdentity": {"type": "AWSAccount", "principalId": "AROAEXAMPLE:kim", "accountId": 12}});
        assert_eq!(
            words(other),
            ("kim (another account, 000000000012)".to_owned(), "unknown")
        );
        for nobody in [
            json!({}),
            json!({"userIdentity": []}),
            json!({"userIdentity": {"type": 5}}),
            json!(null),
        ] {
            assert_eq!(
                words(nobody),
                ("unknown (identity unknown)".to_owned(), "unknown")
            );
        }
        let empty = json!({"userIdentity": {"type": "AssumedRole", "sessionContext": {"sessionIssuer": {}}}});
        assert_eq!(words(empty), ("unknown (role)".to_owned(), "unknown"));
    }

    #[test]
    fn a_role_that_only_looks_like_identity_centers_is_none() {
        let fake = role(
            "team/",
            "AWSReservedSSO_Admin_9f1e2d3c4b5a6978",
            "ceo@example.com",
        );
        let actor = Actor::of(&json!({"userIdentity": fake}));
        assert_eq!(actor.permission_set(), None);
        assert_eq!(
            actor.name(),
            "AWSReservedSSO_Admin_9f1e2d3c4b5a6978/ceo@example.com"
        );
    }

    #[test]
    fn names_are_shown_clean() {
        let evil = json!({"userIdentity": {"type": "IAMUser", "userName": "jo\u{202e}\n[ok]"}});
        assert_eq!(words(evil).0, "jo [ok] (IAM user)");
    }
}
