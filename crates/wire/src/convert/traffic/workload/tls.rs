//! How connections are encrypted. Secrets by name are asked for where Istio's proxies ask.

use envoy_types::pb::envoy::config::core::v3::{TransportSocket, transport_socket};
use envoy_types::pb::envoy::extensions::transport_sockets::tls::v3 as pb;
use envoy_types::pb::envoy::extensions::transport_sockets::tls::v3::common_tls_context::{
    CombinedCertificateValidationContext, ValidationContextType,
};
use envoy_types::pb::envoy::extensions::transport_sockets::tls::v3::subject_alt_name_matcher::SanType;
use envoy_types::pb::envoy::r#type::matcher::v3::StringMatcher;
use envoy_types::pb::envoy::r#type::matcher::v3::string_matcher::MatchPattern;
use opensergo_api::traffic::workload::{ClientTls, FilePath, TlsMode};

use super::ads;
use crate::convert::traffic::pb as say;

const SOCKET: &str = "envoy.transport_sockets.tls";
/// What Istio's proxies call the certificate and the authorities the mesh gave them.
const MESH: (&str, &str) = ("default", "ROOTCA");
/// What follows the name of a secret when its authorities are asked for.
const AUTHORITIES: &str = "-cacert";

/// Says how connections are encrypted; `None` in plain.
pub(super) fn socket(tls: &ClientTls, is_http2: bool) -> Option<TransportSocket> {
    let mode = tls.mode.unwrap_or_default();
    let own = match (mode, &tls.credential_name) {
        (TlsMode::Disable, _) => return None,
        (TlsMode::IstioMutual, _) => Some(MESH.0.to_owned()),
        (TlsMode::Mutual, Some(secret)) => Some(secret.to_string()),
        _ => None,
    };
    let files = (mode == TlsMode::Mutual && own.is_none()).then(|| certificate(tls));
    let common = pb::CommonTlsContext {
        tls_certificates: files.into_iter().collect(),
        tls_certificate_sds_secret_configs: own.map(secret).into_iter().collect(),
        validation_context_type: validation(tls, mode),
        alpn_protocols: if is_http2 { vec!["h2".to_owned()] } else { Vec::new() },
        ..Default::default()
    };
    let context = pb::UpstreamTlsContext {
        common_tls_context: Some(common),
        sni: tls.sni.as_deref().unwrap_or_default().to_owned(),
        ..Default::default()
    };
    let config_type = Some(transport_socket::ConfigType::TypedConfig(say::any(&context)));
    Some(TransportSocket { name: SOCKET.to_owned(), config_type })
}

fn certificate(tls: &ClientTls) -> pb::TlsCertificate {
    let file = |path: &Option<FilePath>| path.as_deref().map(say::file);
    pb::TlsCertificate {
        certificate_chain: file(&tls.client_certificate),
        private_key: file(&tls.private_key),
        ..Default::default()
    }
}

fn secret(name: String) -> pb::SdsSecretConfig {
    pb::SdsSecretConfig { name, sds_config: Some(ads()) }
}

/// Says whom the caller trusts. Names are compared only where there are authorities to vouch for them: Envoy refuses the
/// rest.
fn validation(tls: &ClientTls, mode: TlsMode) -> Option<ValidationContextType> {
    if tls.insecure_skip_verify == Some(true) {
        return None;
    }
    let names = pb::CertificateValidationContext {
        match_typed_subject_alt_names: tls.subject_alt_names.iter().flat_map(|name| alt_names(name)).collect(),
        ..Default::default()
    };
    let asked = match (mode, &tls.credential_name) {
        (TlsMode::IstioMutual, _) => Some(MESH.1.to_owned()),
        (_, Some(secret)) => Some(format!("{}{AUTHORITIES}", &**secret)),
        _ => None,
    };
    if let Some(asked) = asked {
        return Some(ValidationContextType::CombinedValidationContext(CombinedCertificateValidationContext {
            default_validation_context: Some(names),
            validation_context_sds_secret_config: Some(secret(asked)),
            ..Default::default()
        }));
    }
    let trusted_ca = Some(say::file(tls.ca_certificates.as_deref()?));
    Some(ValidationContextType::ValidationContext(pb::CertificateValidationContext { trusted_ca, ..names }))
}

/// A name may stand in a certificate as a host or as a URI: either will do.
fn alt_names(name: &str) -> impl Iterator<Item = pb::SubjectAltNameMatcher> {
    [SanType::Dns, SanType::Uri].into_iter().map(move |kind| pb::SubjectAltNameMatcher {
        san_type: kind.into(),
        matcher: Some(StringMatcher { match_pattern: Some(MatchPattern::Exact(name.to_owned())), ignore_case: false }),
        oid: String::new(),
    })
}
