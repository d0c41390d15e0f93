# The command `wx` without a screen. Accounts live in the volume:
#
#   docker build -t wx .
#   docker run -it --rm -v wx:/var/lib/wx wx login
#   docker run -d -v wx:/var/lib/wx --stop-timeout 30 wx
#
# `docker stop` sends SIGTERM, upon which `wx listen` saves and ends.
FROM rust:1.95-slim AS build
WORKDIR /src
COPY . .
RUN cargo build --locked --release --package wx-cli

FROM debian:trixie-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --no-create-home --home-dir /var/lib/wx --shell /usr/sbin/nologin wx \
    && install -d -o wx -g wx -m 0700 /var/lib/wx
COPY --from=build /src/target/release/wx /usr/local/bin/wx
USER wx
ENV WX_HOME=/var/lib/wx LANG=C.UTF-8
VOLUME /var/lib/wx
ENTRYPOINT ["wx"]
CMD ["listen", "--json"]
