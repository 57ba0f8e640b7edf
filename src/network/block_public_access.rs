//! VPC Block Public Access (`describe-vpc-block-public-access-options`, `-exclusions`).

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::id::{AccountId, Region, ResourceId};
use super::state::{BlockPublicAccessMode, BlockPublicAccessState, InternetGatewayExclusionMode};

/// What Block Public Access does in an account and a Region (API_VpcBlockPublicAccessOptions).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "PrintedOptions", into = "PrintedOptions")]
pub struct BlockPublicAccessOptions {
    /// Account and Region as one: options have no id.
    pub scope: ResourceId,
    /// The account, of the VPCs' owner.
    pub aws_account_id: Option<AccountId>,
    /// The Region.
    pub aws_region: Option<Region>,
    /// Whether the mode is in force yet.
    pub state: Option<BlockPublicAccessState>,
    /// The mode.
    pub internet_gateway_block_mode: Option<BlockPublicAccessMode>,
}

/// The same as EC2 prints it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PrintedOptions {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    aws_account_id: Option<AccountId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    aws_region: Option<Region>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    state: Option<BlockPublicAccessState>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    internet_gateway_block_mode: Option<BlockPublicAccessMode>,
}

impl From<PrintedOptions> for BlockPublicAccessOptions {
    fn from(printed: PrintedOptions) -> Self {
        let account = printed.aws_account_id.as_ref().map_or("", AccountId::as_str);
        let region = printed.aws_region.as_ref().map_or("", Region::as_str);
        Self {
            scope: format!("{account}/{region}").as_str().into(),
            aws_account_id: printed.aws_account_id,
            aws_region: printed.aws_region,
            state: printed.state,
            internet_gateway_block_mode: printed.internet_gateway_block_mode,
        }
    }
}

impl From<BlockPublicAccessOptions> for PrintedOptions {
    fn from(options: BlockPublicAccessOptions) -> Self {
        Self {
            aws_account_id: options.aws_account_id,
            aws_region: options.aws_region,
            state: options.state,
            internet_gateway_block_mode: options.internet_gateway_block_mode,
        }
    }
}

/// A VPC or a subnet that Block Public Access leaves alone (API_VpcBlockPublicAccessExclusion).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BlockPublicAccessExclusion {
    /// `vpcbpa-exclude-…`
    pub exclusion_id: ResourceId,
    /// Which way it leaves it alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub internet_gateway_exclusion_mode: Option<InternetGatewayExclusionMode>,
    /// The ARN of the VPC or the subnet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_arn: Option<String>,
    /// Whether it is in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<BlockPublicAccessState>,
}

/// A reply that holds one object where others hold a list.
#[derive(Debug)]
pub(crate) struct OneOrMany<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrManyVisitor<T>(PhantomData<T>);

        // By hand, for serde's own way (`untagged`) forgets where in the file a bad value stands.
        impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrManyVisitor<T> {
            type Value = OneOrMany<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object or a list")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let one = T::deserialize(MapAccessDeserializer::new(map))?;
                Ok(OneOrMany(vec![one]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(seq)).map(OneOrMany)
            }
        }

        deserializer.deserialize_any(OneOrManyVisitor(PhantomData))
    }
}

impl<T> From<OneOrMany<T>> for Vec<T> {
    fn from(rows: OneOrMany<T>) -> Self {
        rows.0
    }
}
