//! Amazon and Google.

use super::BASE;
use crate::jose::algorithm::Algorithm;
use crate::preset::form::Form;
use crate::preset::vendor::{BindingTemplate, Keys, Parameter, Vendor};
use crate::verify::profile::Profile;

impl Vendor {
    /// The preset `cognito`.
    pub const COGNITO: Self = Self {
        name: "cognito",
        title: "Amazon Cognito",
        remark: "Access tokens. They have no `aud`: in its place `client_id` must be one of your clients, and `token_use` must be `access`.",
        parameters: &[
            Parameter::mandatory("region", Form::Segment, "The AWS region.", "eu-west-1"),
            Parameter::mandatory("userPoolId", Form::Segment, "The ID of the user pool.", "eu-west-1_example"),
            Parameter::client_id("1example23456789"),
        ],
        issuer: "https://cognito-idp.{region}.amazonaws.com/{userPoolId}",
        algorithms: &[Algorithm::RS256],
        binding: Some(BindingTemplate {
            claim: "client_id",
            values: "{clientId}",
            token_use: Some(("token_use", "access")),
            in_header: false,
        }),
        permissions: &[&["cognito:groups"]],
        ..BASE
    };
    /// The preset `cognitoIdToken`.
    pub const COGNITO_ID_TOKEN: Self = Self {
        name: "cognitoIdToken",
        title: "Amazon Cognito, ID tokens",
        remark: "ID tokens, whose `aud` is the client. Those of users of another provider have a nonce: give it to `verify`, or add `acceptUncheckedNonce: true`.",
        parameters: &[
            Parameter::mandatory("region", Form::Segment, "The AWS region.", "eu-west-1"),
            Parameter::mandatory("userPoolId", Form::Segment, "The ID of the user pool.", "eu-west-1_example"),
            Parameter::client_id("1example23456789"),
        ],
        issuer: "https://cognito-idp.{region}.amazonaws.com/{userPoolId}",
        algorithms: &[Algorithm::RS256],
        profile: Profile::IdToken,
        audience: Some("{clientId}"),
        permissions: &[&["cognito:groups"]],
        ..BASE
    };
    /// The preset `awsAlb`.
    pub const AWS_ALB: Self = Self {
        instead: Some((&["us-gov-east-1", "us-gov-west-1"], &Self::AWS_ALB_OF_GOVERNMENT)),
        ..Self::AWS_ALB_ANYWHERE
    };
    /// [`Vendor::AWS_ALB`] in the regions of AWS `GovCloud`.
    const AWS_ALB_OF_GOVERNMENT: Self = Self {
        keys: Keys::Jwks("https://s3-{region}.amazonaws.com/aws-elb-public-keys-prod-{region}/{kid}"),
        ..Self::AWS_ALB_ANYWHERE
    };
    const AWS_ALB_ANYWHERE: Self = Self {
        name: "awsAlb",
        title: "AWS load balancers",
        remark: "What a load balancer says of users that it signed in, in `X-Amzn-Oidc-Data`. There is no `aud`: in its place `client` in the header must be one of your clients, and `signer` your balancer. Let nothing but the balancer reach your service.",
        parameters: &[
            Parameter::mandatory("region", Form::Segment, "The AWS region of the balancer.", "eu-west-1"),
            Parameter::mandatory(
                "loadBalancer",
                Form::Text,
                "The ARN of the balancer.",
                "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/my-balancer/50dc6c495c0c9188",
            ),
            Parameter::mandatory(
                "issuer",
                Form::Url,
                "The issuer that the balancer signs users in at, exactly.",
                "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_example",
            ),
            Parameter::client_id("1example23456789"),
        ],
        issuer: "{issuer}",
        keys: Keys::Jwks("https://public-keys.auth.elb.{region}.amazonaws.com/{kid}"),
        algorithms: &[Algorithm::ES256],
        profile: Profile::Jwt,
        binding: Some(BindingTemplate {
            claim: "client",
            values: "{clientId}",
            token_use: Some(("signer", "{loadBalancer}")),
            in_header: true,
        }),
        accept_padding: true,
        required_claims: &["sub"],
        header: Some("x-amzn-oidc-data"),
        ..BASE
    };
    /// The preset `google`.
    pub const GOOGLE: Self = Self {
        name: "google",
        title: "Google, ID tokens",
        remark: "ID tokens, with either spelling of the issuer. Where your service did not begin the sign-in (One Tap), add `acceptUncheckedNonce: true`.",
        parameters: &[Parameter::client_id("1234.apps.googleusercontent.com")],
        issuer: "https://accounts.google.com",
        issuer_aliases: &["accounts.google.com"],
        algorithms: &[Algorithm::RS256],
        profile: Profile::IdToken,
        audience: Some("{clientId}"),
        ..BASE
    };
    /// The preset `googleServiceAccount`.
    pub const GOOGLE_SERVICE_ACCOUNT: Self = Self {
        name: "googleServiceAccount",
        title: "Google, service accounts",
        remark: "ID tokens of service accounts, as Cloud Run, Pub/Sub and Cloud Scheduler send them. Any Google service account can have one for any audience: so `email` must be one of your accounts.",
        parameters: &[
            Parameter::audience("https://svc.run.example"),
            Parameter::mandatory(
                "email",
                Form::Texts,
                "The service accounts to accept.",
                "caller@project.iam.gserviceaccount.com",
            ),
        ],
        issuer: "https://accounts.google.com",
        issuer_aliases: &["accounts.google.com"],
        algorithms: &[Algorithm::RS256],
        audience: Some("{audience}"),
        binding: Some(BindingTemplate { claim: "email", values: "{email}", token_use: None, in_header: false }),
        required_claims: &["aud"],
        ..BASE
    };
    /// The preset `firebase`.
    pub const FIREBASE: Self = Self {
        name: "firebase",
        title: "Firebase Authentication",
        remark: "ID tokens. The project is both in the issuer and the audience.",
        parameters: &[Parameter::mandatory("projectId", Form::Segment, "The ID of the project.", "my-project")],
        issuer: "https://securetoken.google.com/{projectId}",
        algorithms: &[Algorithm::RS256],
        profile: Profile::IdToken,
        audience: Some("{projectId}"),
        required_claims: &["auth_time"],
        ..BASE
    };
    /// The preset `googleIap`.
    pub const GOOGLE_IAP: Self = Self {
        name: "googleIap",
        title: "Google Identity-Aware Proxy",
        remark: "Tokens of users, in `X-Goog-IAP-JWT-Assertion`. The audience names your backend service or app.",
        parameters: &[Parameter::audience("/projects/1/global/backendServices/2")],
        issuer: "https://cloud.google.com/iap",
        keys: Keys::Jwks("https://www.gstatic.com/iap/verify/public_key-jwk"),
        algorithms: &[Algorithm::ES256],
        audience: Some("{audience}"),
        header: Some("x-goog-iap-jwt-assertion"),
        ..BASE
    };
}
