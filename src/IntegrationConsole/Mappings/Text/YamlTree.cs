using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace IntegrationConsole.Mappings.Text;

/// <summary>A part of a YAML text, and the line on which it begins.</summary>
internal abstract record YamlNode(int Line);

/// <param name="IsQuoted">Quoted, or a block: text whatever stands in it.</param>
internal sealed record YamlScalarNode(int Line, string Text, bool IsQuoted) : YamlNode(Line);

internal sealed record YamlList(int Line, IReadOnlyList<YamlNode> Items) : YamlNode(Line);

internal sealed record YamlMap(int Line, IReadOnlyList<(string Name, int Line, YamlNode Value)> Members) : YamlNode(Line);

/// <summary>Reads the structure of a YAML text: one document, without anchors, tags and keys that stand twice.</summary>
internal static class YamlTree
{
    private const int DeepestLevel = 32;

    public static (YamlNode? Root, TextProblem? Problem) Read(string text)
    {
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _))
            {
                return (null, null);
            }

            var root = Read(parser, 0);
            parser.Consume<DocumentEnd>();
            return parser.TryConsume<DocumentStart>(out var second) ? (null, new TextProblem(LineOf(second), "", "Only one document can stand here.")) : (root, null);
        }
        catch (UnfitYamlException unfit)
        {
            return (null, unfit.Problem);
        }
        catch (YamlException broken)
        {
            return (null, Indented(text) is > 0 and var line
                ? new TextProblem(line, "", "A tab cannot stand at the beginning of a line: use blanks.")
                : new TextProblem((int)broken.End.Line, "", $"This is not YAML: {Lower(broken.Message)}"));
        }
    }

    private static YamlNode Read(Parser parser, int level)
    {
        if (parser.Current is NodeEvent { Anchor.IsEmpty: false } or NodeEvent { Tag.IsEmpty: false } or AnchorAlias)
        {
            throw new UnfitYamlException(new TextProblem(LineOf(parser.Current), "", "Anchors, aliases and tags cannot be used here."));
        }

        if (level > DeepestLevel)
        {
            throw new UnfitYamlException(new TextProblem(LineOf(parser.Current!), "", $"Nothing here is nested deeper than {DeepestLevel} levels."));
        }

        return parser.TryConsume<Scalar>(out var scalar) ? new YamlScalarNode(LineOf(scalar), scalar.Value, scalar.Style is not ScalarStyle.Plain)
            : parser.TryConsume<SequenceStart>(out var list) ? Items(parser, LineOf(list), level)
            : Members(parser, level);
    }

    private static YamlList Items(Parser parser, int line, int level)
    {
        var items = new List<YamlNode>();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(Read(parser, level + 1));
        }

        return new YamlList(line, items);
    }

    private static YamlMap Members(Parser parser, int level)
    {
        var start = parser.Consume<MappingStart>();
        var members = new List<(string, int, YamlNode)>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = Read(parser, level + 1) as YamlScalarNode ?? throw new UnfitYamlException(new TextProblem(LineOf(start), "", "A key is a single word."));
            if (!names.Add(key.Text))
            {
                throw new UnfitYamlException(new TextProblem(key.Line, key.Text, "This key stands twice."));
            }

            members.Add((key.Text, key.Line, Read(parser, level + 1)));
        }

        return new YamlMap(LineOf(start), members);
    }

    /// <summary>The first line that a tab indents: the reader's own words on it name another one. 0 for none.</summary>
    private static int Indented(string text) =>
        Array.FindIndex(text.Split('\n'), line => line.AsSpan(0, line.Length - line.AsSpan().TrimStart().Length).Contains('\t')) + 1;

    private static int LineOf(ParsingEvent at) => (int)at.Start.Line;

    private static string Lower(string sentence) => sentence.Length > 1 && char.IsUpper(sentence[0]) ? char.ToLowerInvariant(sentence[0]) + sentence[1..] : sentence;

    /// <summary>Carries a problem out of the nesting.</summary>
    private sealed class UnfitYamlException(TextProblem problem) : Exception(problem.Sentence)
    {
        public TextProblem Problem { get; } = problem;
    }
}
