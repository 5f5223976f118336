//! What the pictures in SVG have in common: colours for light and dark pages, and text that is no markup.

/// Styles of all pictures. The page has a colour of its own, so that it is readable wherever it is shown.
pub(super) const STYLE: &str = "<style>\n\
    text{font:12px 'Segoe UI',Helvetica,Arial,'DejaVu Sans',sans-serif;fill:#1c2733}\n\
    .name{font-weight:600;text-anchor:middle}\n\
    .small{font-size:11px}\n\
    .label{paint-order:stroke;stroke:#fcfdfe;stroke-width:4px;stroke-linejoin:round}\n\
    .page{fill:#fcfdfe}\n\
    .frame{fill:none;stroke:#9aa8b5;stroke-dasharray:6 5}\n\
    .arrow{fill:none;stroke:#6b7b8b;stroke-width:1.3}\n\
    .taken{stroke:#c2410c;stroke-width:3}\n\
    .tip,.start{fill:#6b7b8b}\n\
    .axis{stroke:#9aa8b5;stroke-width:1}\n\
    .state{stroke:#5b6b7a;stroke-width:1}\n\
    .visited{stroke:#c2410c;stroke-width:3}\n\
    .suspended{fill:#e3e8ee}.queued{fill:#dbeafe}.connecting{fill:#bfdbfe}.transferring{fill:#93c5fd}\n\
    .transient-error{fill:#fde68a}.error{fill:#fca5a5}.transferred{fill:#bbf7d0}\n\
    .acknowledged{fill:#86efac}.cancelled{fill:#cbd5e1}\n\
    .failed{fill:#b91c1c}.told{fill:#1d4ed8}\n\
    @media (prefers-color-scheme:dark){\n\
    text{fill:#e6edf3}.page{fill:#0f1720}.label{stroke:#0f1720}\n\
    .frame,.axis{stroke:#51606e}.arrow{stroke:#93a3b3}.tip,.start{fill:#93a3b3}.state{stroke:#8b9aa9}\n\
    .taken,.visited{stroke:#fb923c}\n\
    .suspended{fill:#33404d}.queued{fill:#1e3a5f}.connecting{fill:#1d4f8c}.transferring{fill:#1d5fb4}\n\
    .transient-error{fill:#7a5b0a}.error{fill:#8f1d1d}.transferred{fill:#1b5e35}\n\
    .acknowledged{fill:#177a3f}.cancelled{fill:#475569}\n\
    .failed{fill:#f87171}.told{fill:#60a5fa}\n\
    }\n</style>\n";

/// Returns a text with the signs of markup written as entities.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
