using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace IntegrationConsole.Mappings.Text;

/// <summary>Writes JSON as YAML that a person likes to read: one key on a line, longer texts as blocks, quotes only where they are needed.</summary>
internal static class YamlText
{
    public static string Write(JsonNode json)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var emitter = new Emitter(text, new EmitterSettings(bestIndent: 2, bestWidth: int.MaxValue, isCanonical: false, maxSimpleKeyLength: 1024, skipAnchorName: true, indentSequences: true));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        Emit(emitter, json);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    private static void Emit(Emitter emitter, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, members.Count == 0 ? MappingStyle.Flow : MappingStyle.Block));
                foreach (var (name, value) in members)
                {
                    Emit(emitter, name);
                    Emit(emitter, value);
                }

                emitter.Emit(new MappingEnd());
                break;
            case JsonArray items:
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, items.Count == 0 ? SequenceStyle.Flow : SequenceStyle.Block));
                foreach (var item in items)
                {
                    Emit(emitter, item);
                }

                emitter.Emit(new SequenceEnd());
                break;
            case JsonValue value when value.GetValueKind() is JsonValueKind.String:
                Emit(emitter, value.GetValue<string>());
                break;
            default:
                emitter.Emit(Plain(node?.ToJsonString() ?? "null"));
                break;
        }
    }

    private static void Emit(Emitter emitter, string text)
    {
        var style = StyleOf(text);
        emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, text, style, isPlainImplicit: style is ScalarStyle.Plain, isQuotedImplicit: true));
    }

    private static Scalar Plain(string text) => new(AnchorName.Empty, TagName.Empty, text, ScalarStyle.Plain, isPlainImplicit: true, isQuotedImplicit: false);

    private static ScalarStyle StyleOf(string text) =>
        text.Length == 0 || YamlScalar.IsMistakable(text) ? ScalarStyle.DoubleQuoted
        : CanBeBlock(text) ? ScalarStyle.Literal
        : text.Any(letter => char.IsControl(letter) || char.IsSurrogate(letter) || letter is '\u2028' or '\u2029' or '\ufeff' or '\u00a0') ? ScalarStyle.DoubleQuoted
        : YamlScalar.IsPlain(text) ? ScalarStyle.Plain
        : text.Contains('\'') ? ScalarStyle.DoubleQuoted
        : ScalarStyle.SingleQuoted;

    /// <summary>A block keeps its lines as they are, but not blanks that end one or begin the first.</summary>
    private static bool CanBeBlock(string text)
    {
        if (!text.Contains('\n') || text[0] is ' ' or '\t' or '\n' || text.EndsWith("\n\n", StringComparison.Ordinal))
        {
            return false;
        }

        return text.Split('\n').All(line => !line.EndsWith(' ') && !line.EndsWith('\t') && line.All(letter => (letter is '\t' || !char.IsControl(letter)) && !char.IsSurrogate(letter) && letter is not ('\u2028' or '\u2029' or '\ufeff' or '\u0085')));
    }
}
