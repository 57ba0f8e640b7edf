//! What a call was made with: the console, the command line, Terraform.
//!
//! It is told by the user agent mostly, which is whatever the caller chose to say: a help for readers, never a ground
//! for a decision.

/// What a call was made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Tool {
    /// The AWS Management Console.
    Console,
    /// The AWS CLI.
    CommandLine,
    /// CloudFormation, whoever started it: also SAM and the CDK.
    CloudFormation,
    /// Terraform.
    Terraform,
    /// OpenTofu.
    OpenTofu,
    /// Pulumi.
    Pulumi,
    /// A program of somebody's own.
    Sdk,
    /// Another AWS service.
    Service,
    /// It does not say.
    #[default]
    Unknown,
}

impl Tool {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::CommandLine => "command line",
            Self::CloudFormation => "CloudFormation",
            Self::Terraform => "Terraform",
            Self::OpenTofu => "OpenTofu",
            Self::Pulumi => "Pulumi",
            Self::Sdk => "SDK",
            Self::Service => "AWS service",
            Self::Unknown => "unknown",
        }
    }

    /// Told by what CloudTrail records: `invokedBy`, `sourceIPAddress`, `userAgent`, and whether the credentials are of a
    /// console session (CloudTrail User Guide, "CloudTrail record contents").
    pub(super) fn of(
        invoked_by: Option<&str>,
        source_ip: Option<&str>,
        user_agent: Option<&str>,
        console: bool,
    ) -> Self {
        let agent = user_agent.unwrap_or_default();
        let services = [
            invoked_by.unwrap_or_default(),
            source_ip.unwrap_or_default(),
            agent,
        ];
        if services.contains(&"cloudformation.amazonaws.com") {
            return Self::CloudFormation;
        }
        let is_service = |name: &str| name.ends_with(".amazonaws.com") && !is_console(name);
        if invoked_by.is_some_and(is_service) || source_ip.is_some_and(is_service) {
            return Self::Service;
        }
        if console || is_console(agent) {
            return Self::Console;
        }
        // Pulumi and OpenTofu are built on Terraform's providers, and say so as well.
        let known = [
            ("pulumi", Self::Pulumi),
            ("opentofu", Self::OpenTofu),
            ("terraform", Self::Terraform),
            ("aws-cli/", Self::CommandLine),
            ("boto3/", Self::Sdk),
            ("botocore/", Self::Sdk),
            ("aws-sdk", Self::Sdk),
        ];
        let agent = agent.to_ascii_lowercase();
        known
            .iter()
            .find(|(word, _)| agent.contains(word))
            .map_or(Self::Unknown, |(_, tool)| *tool)
    }

    /// Whether it is used by machines as well as by people.
    pub(super) fn is_infrastructure_as_code(self) -> bool {
        matches!(
            self,
            Self::CloudFormation | Self::Terraform | Self::OpenTofu | Self::Pulumi
        )
    }
}

/// A browser, or one of the console's back ends.
fn is_console(agent: &str) -> bool {
    agent.starts_with("Mozilla/")
        || agent.contains("AWS Internal")
        || matches!(
            agent,
            "signin.amazonaws.com" | "console.amazonaws.com" | "console.ec2.amazonaws.com"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_by_what_they_say() {
        for (invoked_by, source_ip, agent, console, tool) in [
            (
                None,
                Some("192.0.2.7"),
                "Mozilla/5.0 (X11; Linux x86_64)",
                false,
                Tool::Console,
            ),
            (None, Some("AWS Internal"), "AWS Internal", false, Tool::Console),
            (None, None, "aws-cli/2.31.12 md/prompt#off", true, Tool::Console),
            (
                None,
                None,
                "aws-cli/2.31.12 md/prompt#off",
                false,
                Tool::CommandLine,
            ),
            (
                None,
                None,
                "APN/1.0 HashiCorp/1.0 Terraform/1.13.4 (+https://www.terraform.io)",
                false,
                Tool::Terraform,
            ),
            (
                None,
                None,
                "APN/1.0 OpenTofu/1.10 terraform-provider-aws/6.1",
                false,
                Tool::OpenTofu,
            ),
            (
                None,
                None,
                "APN/1.0 Pulumi/1.0 PulumiAWS/7 terraform-provider-aws",
                false,
                Tool::Pulumi,
            ),
            (None, None, "Boto3/1.43.11 md/Botocore#1.43.11", false, Tool::Sdk),
            (None, None, "aws-sdk-rust/1.3.9 os/linux", false, Tool::Sdk),
            (
                Some("cloudformation.amazonaws.com"),
                Some("cloudformation.amazonaws.com"),
                "cloudformation.amazonaws.com",
                false,
                Tool::CloudFormation,
            ),
            (
                Some("rds.amazonaws.com"),
                Some("rds.amazonaws.com"),
                "rds.amazonaws.com",
                false,
                Tool::Service,
            ),
            (
                None,
                Some("autoscaling.amazonaws.com"),
                "autoscaling.amazonaws.com",
                false,
                Tool::Service,
            ),
            (None, None, "", false, Tool::Unknown),
        ] {
            assert_eq!(
                Tool::of(invoked_by, source_ip, Some(agent), console),
                tool,
                "{agent}"
            );
        }
    }
}
