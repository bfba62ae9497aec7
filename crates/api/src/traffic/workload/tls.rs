//! How connections to instances are encrypted. What stands here are paths and names, never keys themselves.

use crate::invalid::Report;
use crate::shape::{At, List, Shape, Text};
use crate::traffic::Host;
use crate::warning::WarningCode;

/// How connections are encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Shape)]
pub enum TlsMode {
    /// In plain.
    #[default]
    #[shape(name = "DISABLE")]
    Disable,
    /// TLS; the caller shows no certificate.
    #[shape(name = "SIMPLE")]
    Simple,
    /// TLS; the caller shows the certificate named here.
    #[shape(name = "MUTUAL")]
    Mutual,
    /// TLS; the caller shows the certificate the mesh gave it.
    #[shape(name = "ISTIO_MUTUAL")]
    IstioMutual,
}

/// A path of a file.
pub type FilePath = Text<1, 4096>;

/// How connections are encrypted, and whom the caller trusts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Shape)]
#[shape(snake_case, check = Self::check_mode)]
#[shape(
    cel = "!has(self.mode) || self.mode != 'ISTIO_MUTUAL' || !(has(self.clientCertificate) || has(self.privateKey) || has(self.caCertificates))",
    says = "no files: the mesh has its own"
)]
#[shape(
    cel = "!has(self.mode) || self.mode != 'ISTIO_MUTUAL' || !has(self.credentialName)",
    says = "no secret: the mesh has its own"
)]
#[shape(
    cel = "!has(self.credentialName) || !(has(self.clientCertificate) || has(self.privateKey) || has(self.caCertificates))",
    says = "a secret, or files"
)]
#[shape(
    cel = "!has(self.mode) || self.mode != 'MUTUAL' || has(self.credentialName) || (has(self.clientCertificate) && has(self.privateKey))",
    says = "the path of a file, which MUTUAL without credentialName needs"
)]
#[non_exhaustive]
pub struct ClientTls {
    /// How they are encrypted.
    #[shape(default = "DISABLE")]
    pub mode: Option<TlsMode>,
    /// The file with the caller's certificate; needed for `MUTUAL` without `credentialName`.
    #[shape(example = "/etc/certs/client.pem")]
    pub client_certificate: Option<FilePath>,
    /// The file with the caller's private key; needed for `MUTUAL` without `credentialName`.
    #[shape(example = "/etc/certs/key.pem")]
    pub private_key: Option<FilePath>,
    /// The file with the certificates of the authorities that are trusted.
    #[shape(default = "instances are not verified", example = "/etc/certs/ca.pem")]
    pub ca_certificates: Option<FilePath>,
    /// The secret that holds all three, instead of files.
    pub credential_name: Option<Text<1, 253>>,
    /// The names an instance's certificate may have.
    pub subject_alt_names: List<Text<1, 1024>, 0, 100>,
    /// The name the caller asks for.
    #[shape(default = "the host of the request")]
    pub sni: Option<Host>,
    /// Whether certificates are believed unseen.
    #[shape(default = "false")]
    pub insecure_skip_verify: Option<bool>,
}

impl ClientTls {
    fn check_mode(&self, at: &At<'_>, report: &mut Report) {
        let files = [
            ("clientCertificate", self.client_certificate.is_some()),
            ("privateKey", self.private_key.is_some()),
            ("caCertificates", self.ca_certificates.is_some()),
        ];
        let written = files.iter().find(|(_, is_written)| *is_written).map(|(name, _)| *name);
        match (self.mode.unwrap_or_default(), self.credential_name.is_some(), written) {
            (TlsMode::IstioMutual, false, Some(name)) => {
                report.conflict(at.field(name), &format!("{name} with ISTIO_MUTUAL"), "no files: the mesh has its own");
            }
            (TlsMode::IstioMutual, true, _) => {
                let allowed = "no secret: the mesh has its own";
                report.conflict(at.field("credentialName"), "credentialName with ISTIO_MUTUAL", allowed);
            }
            (_, true, Some(name)) => {
                let found = format!("credentialName and {name} together");
                report.conflict(at.field(name), &found, "a secret, or files");
            }
            (TlsMode::Mutual, false, _) => {
                for (name, _) in files[..2].iter().filter(|(_, is_written)| !is_written) {
                    report.missing(at.field(name), "the path of a file, which MUTUAL without credentialName needs");
                }
            }
            _ => {}
        }
        self.warn(at, report);
    }

    fn warn(&self, at: &At<'_>, report: &mut Report) {
        if self.mode == Some(TlsMode::Simple) && (self.client_certificate.is_some() || self.private_key.is_some()) {
            let message = "the caller shows no certificate with SIMPLE: write MUTUAL";
            report.warn(at.field("mode"), WarningCode::Contradiction, message);
        }
        if self.insecure_skip_verify == Some(true)
            && (self.ca_certificates.is_some() || !self.subject_alt_names.is_empty())
        {
            let message = "certificates are believed unseen: caCertificates and subjectAltNames have no effect";
            report.warn(at.field("insecureSkipVerify"), WarningCode::Contradiction, message);
        }
    }
}
