//! The system's root certificates, each decoded once.
//!
//! Most Unix systems hold them twice: all in one file, and each in a file of its
//! own in a folder, where there may be others too. rustls-native-certs, which is
//! asked on other systems, decodes both, and that is most of what a client does at
//! its start. Here a file of the folder is decoded only if it holds what the one
//! file does not.

use rustls_pki_types::CertificateDer;

use crate::error::Cause;

/// What was found, and what could not be read.
#[derive(Default)]
pub(super) struct Roots {
    pub(super) certificates: Vec<CertificateDer<'static>>,
    pub(super) errors: Vec<Cause>,
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
pub(super) fn of_the_system() -> Roots {
    let native = rustls_native_certs::load_native_certs();
    Roots {
        certificates: native.certs,
        errors: native.errors.into_iter().map(Cause::from).collect(),
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
pub(super) use unix::of_the_system;

#[cfg(all(unix, not(target_os = "macos")))]
mod unix {
    use std::collections::BTreeSet;
    use std::fs::{self, Metadata};
    use std::os::unix::fs::MetadataExt;
    use std::path::{Path, PathBuf};
    use std::{env, io};

    use memchr::memmem;
    use rustls_pki_types::CertificateDer;
    use rustls_pki_types::pem::PemObject;

    use super::Roots;

    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    const END: &str = "-----END CERTIFICATE-----";

    /// Those of `SSL_CERT_FILE` and `SSL_CERT_DIR`; if neither is set, those of the
    /// places where systems hold them.
    pub(in crate::tls) fn of_the_system() -> Roots {
        let file = env::var_os("SSL_CERT_FILE").map(PathBuf::from);
        let folders = env::var_os("SSL_CERT_DIR");
        let folders = folders.iter().flat_map(env::split_paths);
        let folders: Vec<_> = folders.filter(|it| !it.as_os_str().is_empty()).collect();
        if file.is_some() || !folders.is_empty() {
            return of(file.as_deref(), &folders);
        }
        let places = openssl_probe::probe();
        of(places.cert_file.as_deref(), &places.cert_dir)
    }

    /// Those of a file, and those of folders.
    fn of(file: Option<&Path>, folders: &[PathBuf]) -> Roots {
        let mut roots = Roots::default();
        let mut seen = BTreeSet::new();
        let bundle = file.and_then(|file| {
            let found = fs::metadata(file).and_then(|found| Ok((found, fs::read(file)?)));
            let (found, text) = roots.noted(file, found)?;
            seen.insert(id(&found));
            Some(text)
        });
        let bundle = bundle.unwrap_or_default();
        roots.decode(file.unwrap_or(Path::new("")), &bundle);
        let known: BTreeSet<&[u8]> = certificates(&bundle).collect();
        for folder in folders {
            let entries = roots.noted(folder, fs::read_dir(folder));
            for entry in entries.into_iter().flatten() {
                let Some(path) = roots.noted(folder, entry).map(|entry| entry.path()) else {
                    continue;
                };
                // Most are links to others of the same folder.
                match fs::metadata(&path) {
                    Ok(found) if found.is_file() && seen.insert(id(&found)) => {}
                    Ok(_) => continue,
                    Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                    Err(error) => {
                        roots.note(&path, error);
                        continue;
                    }
                }
                if let Some(text) = roots.noted(&path, fs::read(&path))
                    && !certificates(&text).all(|it| known.contains(it))
                {
                    roots.decode(&path, &text);
                }
            }
        }
        roots.certificates.sort_unstable_by(|a, b| a.cmp(b));
        roots.certificates.dedup();
        roots
    }

    fn id(file: &Metadata) -> (u64, u64) {
        (file.dev(), file.ino())
    }

    /// The certificates of a PEM file, as they stand there: between their two
    /// lines. What breaks off reaches to the end.
    fn certificates(pem: &[u8]) -> impl Iterator<Item = &[u8]> {
        let begin = memmem::find_iter(pem, BEGIN).filter_map(|at| pem.get(at + BEGIN.len()..));
        begin.map(|rest| {
            let end = memmem::find(rest, END.as_bytes());
            let text = end.and_then(|end| rest.get(..end)).unwrap_or(rest);
            text.trim_ascii()
        })
    }

    impl Roots {
        fn decode(&mut self, path: &Path, pem: &[u8]) {
            for certificate in CertificateDer::pem_slice_iter(pem) {
                let certificate = certificate.map_err(io::Error::other);
                let certificate = self.noted(path, certificate);
                self.certificates.extend(certificate);
            }
        }

        fn noted<T>(&mut self, path: &Path, result: io::Result<T>) -> Option<T> {
            result.map_err(|error| self.note(path, error)).ok()
        }

        fn note(&mut self, path: &Path, error: io::Error) {
            self.errors
                .push(format!("{}: {error}", path.display()).into());
        }
    }

    #[cfg(test)]
    mod tests {
        use std::os::unix::fs::symlink;

        use rcgen::{CertificateParams, KeyPair};

        use super::*;

        fn pem() -> String {
            let params = CertificateParams::new(["ca.example".to_owned()]).unwrap();
            params
                .self_signed(&KeyPair::generate().unwrap())
                .unwrap()
                .pem()
        }

        fn der(pem: &str) -> CertificateDer<'static> {
            CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()
        }

        #[test]
        fn no_root_is_left_out_or_there_twice() {
            let [both, only_file, only_folder, beside, commented] = [(); 5].map(|()| pem());
            let folder = tempfile::tempdir().unwrap();
            let at = |name: &str| folder.path().join(name);
            let file = at("bundle.crt");
            fs::write(&file, format!("{both}{only_file}# a name\n{commented}")).unwrap();
            fs::write(at("both.pem"), &both).unwrap();
            fs::write(at("folder.pem"), &only_folder).unwrap();
            // One that is known, and one that is not.
            fs::write(at("two.pem"), format!("{both}{beside}")).unwrap();
            fs::write(at("commented.pem"), format!("# another\r\n{commented}\n")).unwrap();
            symlink(at("folder.pem"), at("0123abcd.0")).unwrap();
            symlink(at("nowhere"), at("4567abcd.0")).unwrap();
            fs::create_dir(at("sub")).unwrap();
            fs::write(at("README"), "no certificate").unwrap();

            let folders = [folder.path().to_owned()];
            let roots = of(Some(&file), &folders);
            let all = [&both, &only_file, &only_folder, &beside, &commented];
            let mut expected = all.map(|pem| der(pem)).to_vec();
            expected.sort_unstable_by(|a, b| a.cmp(b));
            assert_eq!(roots.certificates, expected);
            assert!(roots.errors.is_empty(), "{:?}", roots.errors);

            let roots = of(None, &folders);
            assert_eq!(roots.certificates, expected);
            let roots = of(Some(&file), &[]);
            assert_eq!(roots.certificates.len(), 3);
        }

        #[test]
        fn what_cannot_be_read_is_said_and_hides_nothing_else() {
            let folder = tempfile::tempdir().unwrap();
            let at = |name: &str| folder.path().join(name);
            let good = pem();
            let broken = format!("{BEGIN}\n!!!\n{END}\n");
            let cut = good.split_at(good.len() / 2).0.to_owned();
            fs::write(at("good.pem"), &good).unwrap();
            fs::write(at("broken.pem"), &broken).unwrap();
            fs::write(at("cut.pem"), &cut).unwrap();
            let folders = [at("none"), folder.path().to_owned()];
            let roots = of(Some(&at("missing.crt")), &folders);
            assert_eq!(roots.certificates, [der(&good)]);
            let mut errors: Vec<_> = roots.errors.iter().map(ToString::to_string).collect();
            errors.sort_unstable();
            let names = ["broken.pem: ", "cut.pem: ", "missing.crt: ", "none: "];
            assert_eq!(errors.len(), names.len(), "{errors:?}");
            for (error, name) in errors.iter().zip(names) {
                assert!(error.contains(name), "{errors:?}");
            }
        }

        #[test]
        fn they_are_those_that_rustls_native_certs_finds() {
            let native = rustls_native_certs::load_native_certs();
            let ours = of_the_system();
            assert_eq!(ours.errors.len(), native.errors.len());
            assert_eq!(ours.certificates, native.certs);
        }
    }
}
