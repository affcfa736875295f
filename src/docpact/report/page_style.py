"""The style sheet of the HTML report: light and dark, phone and paper, without anything to load."""

from __future__ import annotations

STYLE = """
:root{color-scheme:light dark;--paper:#fff;--raised:#f5f6f9;--ink:#1b1c22;--muted:#555a69;--line:#d5d8e0;
--link:#1a4fb4;--bad:#b3261e;--warn:#7d5100;--good:#1a6a39;--full:#3566c4;--mark:#fff1c9}
@media (prefers-color-scheme:dark){:root{--paper:#14161b;--raised:#1e2128;--ink:#e9eaf0;--muted:#abb0be;--line:#3a3f4b;
--link:#9dbdff;--bad:#ff958b;--warn:#ffc65c;--good:#7fd89a;--full:#7ea6f5;--mark:#3d3413}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",
"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;overflow-wrap:anywhere}
header,main,footer{max-width:70rem;margin:0 auto;padding:0 1.25rem}
h1{font-size:1.1rem;font-weight:600;color:var(--muted);margin:1.5rem 0 .75rem}
h2{font-size:1.35rem;margin:2.75rem 0 .75rem;padding-bottom:.3rem;border-bottom:1px solid var(--line)}
h3{font-size:1.05rem;margin:1.5rem 0 .5rem}
p{margin:.4rem 0}a{color:var(--link)}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Noto Sans Mono CJK SC",monospace;font-size:.92em}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:4px}
.skip{position:absolute;left:-100rem}.skip:focus{left:1rem;top:.5rem;background:var(--paper);padding:.5rem}
.verdict{border:1px solid var(--line);border-left:.6rem solid var(--tone);background:var(--raised);border-radius:.5rem;
padding:1rem 1.25rem;margin:0}
.verdict strong{display:block;font-size:1.9rem;line-height:1.2;color:var(--tone)}
.conforms{--tone:var(--good)}.violates{--tone:var(--bad)}.not-established{--tone:var(--warn)}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;padding:0;margin:1rem 0}
nav a{display:inline-block;padding:.35rem 0}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(8.5rem,1fr));gap:.6rem;margin:1rem 0;padding:0}
.figures div{background:var(--raised);border:1px solid var(--line);border-radius:.5rem;padding:.6rem .8rem}
.figures dt{color:var(--muted);font-size:.85rem}.figures dd{margin:0;font-size:1.45rem;font-variant-numeric:tabular-nums}
.note{border-left:.3rem solid var(--link);background:var(--raised);padding:.6rem .9rem;border-radius:.3rem;margin:1rem 0}
table{border-collapse:collapse;width:100%;margin:.75rem 0}
caption{text-align:left;color:var(--muted);font-size:.9rem;padding-bottom:.4rem}
th,td{text-align:left;vertical-align:top;padding:.45rem .7rem .45rem 0;border-bottom:1px solid var(--line);font-weight:400}
thead th{color:var(--muted);font-size:.85rem}
.facts th{width:11rem;color:var(--muted)}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
details{border:1px solid var(--line);border-radius:.5rem;margin:.6rem 0;background:var(--paper)}
summary{cursor:pointer;padding:.7rem .9rem;border-radius:.5rem}
summary:hover{background:var(--raised)}
details>.inside{padding:0 .9rem .9rem}
summary h3{display:inline;font-size:1rem;font-weight:650}summary .count{color:var(--muted);white-space:nowrap}
summary .title{display:block;color:var(--muted);margin-left:1.1rem}
.badge{display:inline-block;border:1px solid currentColor;border-radius:1rem;padding:0 .55rem;font-size:.8rem;font-weight:650}
.error{color:var(--bad)}.warning{color:var(--warn)}.fine{color:var(--good)}.muted{color:var(--muted)}
.group{border-top:1px solid var(--line);padding-top:.7rem;margin-top:.9rem}
.group h4{margin:0 0 .3rem;font-size:1rem;font-weight:600}
figure{margin:.6rem 0}figcaption{color:var(--muted);font-size:.85rem}
.page{margin:.2rem 0;padding:.5rem .7rem;background:var(--mark);border-radius:.3rem;overflow-x:auto;white-space:pre-wrap}
.page .line{display:flex}
.page .at{flex:none;min-width:2.6em;margin-right:.8em;text-align:right;color:var(--muted);
user-select:none}
.places{margin:.3rem 0;padding-left:1.3rem}.places li{margin:.1rem 0}
.bar{display:block;width:100%;height:.95rem;border:1px solid var(--muted);border-radius:.2rem;background:var(--paper)}
.full{fill:var(--full)}.hatched{fill:url(#hatch)}.dotted{fill:url(#dots)}
.hatch{stroke:var(--ink);stroke-width:2}.dot{fill:var(--ink)}
.legend{display:flex;flex-wrap:wrap;gap:.4rem 1.4rem;padding:0;list-style:none;color:var(--muted);font-size:.9rem}
.legend svg{width:1.6rem;height:.9rem;display:inline-block;vertical-align:-.1rem;margin-right:.4rem}
.seen th[scope=row]{width:38%}.told{font-size:.88rem;color:var(--muted);margin:.2rem 0 0}
.values{list-style:none;padding:0;margin:.4rem 0 0;display:flex;flex-wrap:wrap;gap:.35rem}
.values li{border:1px solid var(--line);border-radius:.3rem;padding:.05rem .45rem;font-size:.85rem}
.values .never{border-style:dashed;color:var(--muted)}.values .unlisted{border:2px solid var(--bad)}
.axis{overflow-x:auto;border:1px solid var(--line);border-radius:.5rem;padding:.3rem;margin:.5rem 0}
.axis svg{display:block;font:12px system-ui,sans-serif}
.axis text{fill:var(--ink)}.axis .quiet{fill:var(--muted)}.axis .lane{stroke:var(--line)}
.axis .way{fill:none;stroke:var(--muted);stroke-width:1.5}.axis .poll{fill:var(--full);stroke:var(--paper)}
.axis .broke{fill:none;stroke:var(--bad);stroke-width:2.5}.axis .suspect{fill:none;stroke:var(--warn);stroke-width:2.5;
stroke-dasharray:4 3}.axis .cross{fill:var(--bad);font-weight:700}.axis .ask{fill:var(--warn);font-weight:700}
footer{color:var(--muted);font-size:.9rem;margin-top:3rem;padding-bottom:2rem}
.off{position:absolute;width:0;height:0}
@media (max-width:36rem){body{font-size:15px}header,main,footer{padding:0 .9rem}.facts th{width:7.5rem}
.figures{grid-template-columns:repeat(2,1fr)}.seen th[scope=row]{width:42%}}
@media print{nav,.skip{display:none}details{break-inside:avoid}details::details-content{content-visibility:visible;
block-size:auto}.axis{overflow:visible}}
"""
