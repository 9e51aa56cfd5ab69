using IntegrationConsole.Schemas.Patterns;

namespace IntegrationConsole.Schemas.Formats;

/// <summary>A form that a text may have to have.</summary>
/// <param name="Words">The form as the end of "The text must be …".</param>
internal sealed record TextFormat(string Name, string Words, Func<string, bool> IsMetBy)
{
    /// <summary>Every format of the draft.</summary>
    public static IReadOnlyList<TextFormat> All { get; } =
    [
        new("date-time", "a date and time such as 2026-01-31T12:00:00Z", TimeFormats.IsDateTime),
        new("date", "a date such as 2026-01-31", TimeFormats.IsDate),
        new("time", "a time with an offset such as 12:00:00Z", TimeFormats.IsTime),
        new("duration", "a duration such as P1DT12H", TimeFormats.IsDuration),
        new("email", "an e-mail address", text => EmailFormats.IsEmail(text, international: false)),
        new("idn-email", "an e-mail address", text => EmailFormats.IsEmail(text, international: true)),
        new("hostname", "a host name", HostFormats.IsHostName),
        new("idn-hostname", "a host name", HostFormats.IsInternationalHostName),
        new("ipv4", "an IPv4 address", AddressFormats.IsIpv4),
        new("ipv6", "an IPv6 address", AddressFormats.IsIpv6),
        new("uri", "a URI with a scheme", text => UriFormats.IsAbsolute(text, international: false)),
        new("uri-reference", "a URI or a relative reference", text => UriFormats.IsReference(text, international: false)),
        new("iri", "an IRI with a scheme", text => UriFormats.IsAbsolute(text, international: true)),
        new("iri-reference", "an IRI or a relative reference", text => UriFormats.IsReference(text, international: true)),
        new("uuid", "a UUID", IsUuid),
        new("uri-template", "a URI template", UriTemplateFormat.IsTemplate),
        new("json-pointer", "a JSON pointer", PointerFormats.IsPointer),
        new("relative-json-pointer", "a relative JSON pointer", PointerFormats.IsRelative),
        new("regex", "a regular expression", text => EcmaPattern.Compile(text).Pattern is not null),
    ];

    public static TextFormat? Find(string name) => All.FirstOrDefault(format => format.Name == name);

    // The framework would take signs and prefixes for digits.
    private static bool IsUuid(string text) =>
        text.Length == 36 && text.Select((letter, at) => at is 8 or 13 or 18 or 23 ? letter == '-' : char.IsAsciiHexDigit(letter)).All(fits => fits);
}
