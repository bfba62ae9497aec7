//! What a route answers by itself.

use envoy_types::pb::envoy::config::core::v3::{DataSource, data_source};
use envoy_types::pb::envoy::config::route::v3::redirect_action::{
    PathRewriteSpecifier, RedirectResponseCode, SchemeRewriteSpecifier,
};
use envoy_types::pb::envoy::config::route::v3::{DirectResponseAction, RedirectAction};
use opensergo_api::shape::Whole;
use opensergo_api::traffic::router::{Body, DerivePort, HttpDirectResponse, HttpRedirect, Scheme};

use crate::convert::traffic::pb as say;

/// Says a redirect; `None` for the port of the request at another host, which Envoy cannot say.
pub(super) fn redirect(redirect: &HttpRedirect) -> Option<RedirectAction> {
    let port = match (redirect.port, redirect.derive_port, &redirect.authority) {
        (Some(port), _, _) => say::narrow(port.get()),
        (None, Some(DerivePort::FromRequestPort), Some(_)) => return None,
        // Without a host of its own the one of the request stays, and its port with it.
        (None, Some(DerivePort::FromProtocolDefault), None) => redirect.scheme.map_or(0, default_port),
        _ => 0,
    };
    let code = match redirect.redirect_code.map(Whole::get) {
        Some(302) => RedirectResponseCode::Found,
        Some(303) => RedirectResponseCode::SeeOther,
        Some(307) => RedirectResponseCode::TemporaryRedirect,
        Some(308) => RedirectResponseCode::PermanentRedirect,
        _ => RedirectResponseCode::MovedPermanently,
    };
    let scheme = |scheme: Scheme| SchemeRewriteSpecifier::SchemeRedirect(scheme.as_str().to_owned());
    Some(RedirectAction {
        host_redirect: redirect.authority.as_deref().unwrap_or_default().to_owned(),
        port_redirect: port,
        response_code: code.into(),
        strip_query: false,
        scheme_rewrite_specifier: redirect.scheme.map(scheme),
        path_rewrite_specifier: redirect.uri.as_ref().map(|uri| PathRewriteSpecifier::PathRedirect(uri.to_string())),
    })
}

fn default_port(scheme: Scheme) -> u32 {
    match scheme {
        Scheme::Http => 80,
        Scheme::Https => 443,
    }
}

/// Says an answer.
pub(super) fn direct(answer: &HttpDirectResponse) -> DirectResponseAction {
    let body = answer.body.as_ref().map(|body| match body {
        Body::Text(text) => data_source::Specifier::InlineString(text.to_string()),
        Body::Bytes(bytes) => data_source::Specifier::InlineBytes(bytes.bytes().to_vec()),
    });
    DirectResponseAction {
        status: say::narrow(answer.status.get()),
        body: body.map(|specifier| DataSource { specifier: Some(specifier), watched_directory: None }),
        ..Default::default()
    }
}
