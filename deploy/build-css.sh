#!/bin/sh
# Rebuild clinic/static/css/uswds.css, with its pictures and fonts, from the npm package of the
# U.S. Web Design System. Run it when a template uses a class of USWDS for the first time.
# Needs node and npm, and .venv for cutting the fonts; nothing of them is needed to run the program.
set -eu

USWDS=3.14.0
SASS=1.108.2
PURGECSS=8.0.0

root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
static=$root/clinic/static

cd "$work"
npm install --silent --no-save --no-audit --no-fund \
    "@uswds/uswds@$USWDS" "sass@$SASS" "purgecss@$PURGECSS"
package=node_modules/@uswds/uswds

node_modules/.bin/sass --quiet --no-source-map --style=compressed \
    --load-path="$package/packages" "$root/deploy/uswds.scss" built.css

cat > purge.mjs <<'JS'
import { readFileSync, writeFileSync } from "node:fs";
import { PurgeCSS } from "purgecss";
const [root] = process.argv.slice(2);
const [{ css }] = await new PurgeCSS().purge({
  content: [`${root}/templates/**/*.html`, `${root}/clinic/static/js/*.js`],
  css: ["built.css"],
  variables: true,
  // Articles are Markdown, so their elements stand in no template.
  // choice.html puts the names of radios and check boxes together.
  safelist: [/^usa-(radio|checkbox)__(input|label)/, "h1", "h2", "h3", "h4", "p", "ul", "ol", "li", "a", "blockquote", "code", "pre", "table", "hr", "sup"],
});
const own = css
  .replace(/@font-face\s*\{[^}]*\}/g, "")       // ours stand in clinic.css
  .replace(/^\uFEFF/, "")
  .replace(/@charset[^;]*;/g, "");
const banner = "/*! U.S. Web Design System, subset. Rebuilt by deploy/build-css.sh. */\n";
writeFileSync("uswds.css", banner + own.replace(/Public Sans Web/g, "Public Sans") + "\n");
JS
node purge.mjs "$root"

mkdir -p "$static/css" "$static/img" "$static/fonts"
cp uswds.css "$static/css/uswds.css"
for picture in $(grep -o '\.\./img/[A-Za-z0-9_./-]*' uswds.css | sort -u); do
    name=${picture#../img/}
    mkdir -p "$(dirname "$static/img/$name")"
    cp "$package/dist/img/$name" "$static/img/$name"
done
for weight in Regular Bold; do
    small=$(echo "$weight" | tr '[:upper:]' '[:lower:]')
    cp "$package/dist/fonts/public-sans/PublicSans-$weight.woff2" "$static/fonts/public-sans-$small.woff2"
    # The letters of English and Spanish, without hints: the range stands in clinic.css too.
    "$root/.venv/bin/pyftsubset" "$static/fonts/public-sans-$small.woff2" --flavor=woff2 --no-hinting \
        --layout-features=kern,liga,locl,ccmp,mark,tnum \
        --unicodes="$(sed -n 's/^ *unicode-range: \(.*\);/\1/p' "$static/css/clinic.css" | head -1 | tr -d ' ')" \
        --output-file="$static/fonts/public-sans-$small-small.woff2"
done
size=$(cat "$static"/css/*.css | gzip -9 | wc -c)
echo "all style sheets together: $size bytes gzipped"
