using System.Globalization;
using System.Text;

namespace IntegrationConsole.Expressions.Values;

/// <summary>Decodes the escapes of a JSON string. A lone half of a surrogate pair is kept, as the language's strings are UTF-16.</summary>
internal static class Escapes
{
    public static string Decode(ReadOnlySpan<byte> raw)
    {
        var text = new StringBuilder(raw.Length);
        while (true)
        {
            var escape = raw.IndexOf((byte)'\\');
            if (escape < 0)
            {
                return text.Append(Encoding.UTF8.GetString(raw)).ToString();
            }

            text.Append(Encoding.UTF8.GetString(raw[..escape]));
            if (raw[escape + 1] == 'u')
            {
                text.Append((char)ushort.Parse(raw.Slice(escape + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                raw = raw[(escape + 6)..];
            }
            else
            {
                text.Append(Simple(raw[escape + 1]));
                raw = raw[(escape + 2)..];
            }
        }
    }

    private static char Simple(byte letter) => letter switch
    {
        (byte)'b' => '\b',
        (byte)'f' => '\f',
        (byte)'n' => '\n',
        (byte)'r' => '\r',
        (byte)'t' => '\t',
        _ => (char)letter,
    };
}
