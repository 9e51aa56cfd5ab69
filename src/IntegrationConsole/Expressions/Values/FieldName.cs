using System.Text;

namespace IntegrationConsole.Expressions.Values;

/// <summary>A field's name prepared for comparing with names in a JSON text without decoding those.</summary>
internal sealed class FieldName
{
    public readonly string Text;
    public readonly byte[] Utf8;

    /// <summary>What the token of an equal name without escapes carries: the kind and the length.</summary>
    public readonly int Packed;

    public FieldName(string text)
    {
        Text = text;
        Utf8 = Encoding.UTF8.GetBytes(text);
        Packed = new JsonToken(0, Utf8.Length, JsonToken.Text).Packed;
    }
}
