# syntax=docker/dockerfile:1
# Two stages: wheels are built and installed in the first; the second has Python,
# the installed packages and the default rules, and runs as nobody in particular.

FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY deploy/constraints.txt deploy/
COPY monitor monitor
# Such as `--build-arg EXTRAS=apprise`, for channels that need more.
ARG EXTRAS=""
RUN python -m venv /opt/wirewatch \
 && /opt/wirewatch/bin/pip install --no-cache-dir --disable-pip-version-check -c deploy/constraints.txt ".${EXTRAS:+[$EXTRAS]}" \
 && /opt/wirewatch/bin/pip uninstall --yes pip \
 && find /opt/wirewatch -name '__pycache__' -prune -exec rm -rf {} +

FROM python:3.13-slim
LABEL org.opencontainers.image.title="Wirewatch" \
      org.opencontainers.image.description="Watches the news wire and tells people what they asked to hear." \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/wirewatch wirewatch
COPY --from=build /opt/wirewatch /opt/wirewatch
COPY rules /etc/wirewatch/rules
ENV PATH=/opt/wirewatch/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    WIREWATCH_RULES_DIR=/etc/wirewatch/rules \
    WIREWATCH_DATA_DIR=/var/lib/wirewatch \
    WIREWATCH_HTTP=0.0.0.0:9477 \
    WIREWATCH_LOG=json
USER wirewatch
VOLUME /var/lib/wirewatch
EXPOSE 9477
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:9477/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["wirewatch"]
CMD ["run"]
