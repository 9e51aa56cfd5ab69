namespace IntegrationConsole.DeadLetters.Runbooks;

public enum RunbookBlockKind
{
    Heading,
    Paragraph,
    Steps,
    Points,

    /// <summary>Shown as it was typed.</summary>
    Verbatim,
}

public enum RunbookSpanKind
{
    Plain,
    Strong,
    Code,

    /// <summary>An address that begins with https:// or http://.</summary>
    Link,
}

public sealed record RunbookSpan(RunbookSpanKind Kind, string Text);

/// <summary>A part of a runbook with its lines; a list has one for each of its points.</summary>
public sealed record RunbookBlock(RunbookBlockKind Kind, IReadOnlyList<IReadOnlyList<RunbookSpan>> Lines);

/// <summary>
/// Reads the little Markdown that runbooks are written in: headings, numbered and plain lists, blocks and words of code,
/// strong words and addresses. All else is text; nothing of it is ever markup.
/// </summary>
public static class RunbookText
{
    private const string Fence = "```";

    public static IReadOnlyList<RunbookBlock> Read(string text)
    {
        var blocks = new List<RunbookBlock>();
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        for (var at = 0; at < lines.Length;)
        {
            if (lines[at].Trim().Length == 0)
            {
                at++;
            }
            else if (lines[at].TrimStart().StartsWith(Fence, StringComparison.Ordinal))
            {
                var end = Array.FindIndex(lines, at + 1, line => line.Trim() == Fence);
                end = end < 0 ? lines.Length : end;
                blocks.Add(new RunbookBlock(RunbookBlockKind.Verbatim, [[new RunbookSpan(RunbookSpanKind.Plain, string.Join('\n', lines[(at + 1)..end]))]]));
                at = Math.Min(end + 1, lines.Length);
            }
            else
            {
                var kind = KindOf(lines[at]);
                var end = at + 1;
                while (kind is not RunbookBlockKind.Heading && end < lines.Length && Continues(kind, lines[end]))
                {
                    end++;
                }

                blocks.Add(new RunbookBlock(kind, [.. Items(kind, lines[at..end]).Select(Spans)]));
                at = end;
            }
        }

        return blocks;
    }

    private static RunbookBlockKind KindOf(string line)
    {
        var text = line.TrimStart();
        return HeadingMark(text) > 0 ? RunbookBlockKind.Heading : PointMark(text) > 0 ? RunbookBlockKind.Points : StepMark(text) > 0 ? RunbookBlockKind.Steps : RunbookBlockKind.Paragraph;
    }

    /// <summary>A line that begins nothing of its own belongs to what was begun.</summary>
    private static bool Continues(RunbookBlockKind kind, string line) =>
        line.Trim().Length > 0 && !line.TrimStart().StartsWith(Fence, StringComparison.Ordinal)
        && (KindOf(line) == kind || (KindOf(line) is RunbookBlockKind.Paragraph && kind is not RunbookBlockKind.Paragraph));

    private static IEnumerable<string> Items(RunbookBlockKind kind, string[] lines)
    {
        var item = "";
        foreach (var line in lines.Select(line => line.Trim()))
        {
            var mark = kind switch { RunbookBlockKind.Heading => HeadingMark(line), RunbookBlockKind.Points => PointMark(line), RunbookBlockKind.Steps => StepMark(line), _ => 0 };
            if (mark > 0 && item.Length > 0)
            {
                yield return item;
                item = "";
            }

            item = item.Length == 0 ? line[mark..].TrimStart() : $"{item} {line}";
        }

        yield return item;
    }

    private static int HeadingMark(string line)
    {
        var marks = line.TakeWhile(character => character == '#').Count();
        return marks is > 0 and < 7 && marks < line.Length && line[marks] == ' ' ? marks + 1 : 0;
    }

    private static int PointMark(string line) => line.StartsWith("- ", StringComparison.Ordinal) || line.StartsWith("* ", StringComparison.Ordinal) ? 2 : 0;

    private static int StepMark(string line)
    {
        var digits = line.TakeWhile(char.IsAsciiDigit).Count();
        return digits is > 0 and < 4 && digits + 1 < line.Length && line[digits] is '.' or ')' && line[digits + 1] == ' ' ? digits + 2 : 0;
    }

    /// <remarks>Looks ahead for what closes a mark; the text is short enough for that.</remarks>
    private static IReadOnlyList<RunbookSpan> Spans(string line)
    {
        var spans = new List<RunbookSpan>();
        var plain = 0;
        for (var at = 0; at < line.Length;)
        {
            if (Next(line, at) is not { } found)
            {
                at++;
                continue;
            }

            Add(spans, line[plain..at]);
            spans.Add(found.Span);
            at = plain = at + found.Length;
        }

        Add(spans, line[plain..]);
        return spans;
    }

    private static (RunbookSpan Span, int Length)? Next(string line, int at) => line[at] switch
    {
        '`' when line.IndexOf('`', at + 1) is var end && end > at + 1 => (new RunbookSpan(RunbookSpanKind.Code, line[(at + 1)..end]), end + 1 - at),
        '*' when line.AsSpan(at).StartsWith("**") && line.IndexOf("**", at + 2, StringComparison.Ordinal) is var end && end > at + 2 => (new RunbookSpan(RunbookSpanKind.Strong, line[(at + 2)..end]), end + 2 - at),
        'h' when line.AsSpan(at).StartsWith("https://") || line.AsSpan(at).StartsWith("http://") => Link(line, at),
        _ => null,
    };

    /// <summary>A full stop or a bracket behind an address belongs to the sentence.</summary>
    private static (RunbookSpan Span, int Length)? Link(string line, int at)
    {
        var end = at;
        while (end < line.Length && !char.IsWhiteSpace(line[end]) && line[end] is not ('<' or '>' or '"' or '`'))
        {
            end++;
        }

        var text = line[at..end].TrimEnd('.', ',', ';', ':', '!', '?', ')', ']', '*');
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Host.Length > 0 ? (new RunbookSpan(RunbookSpanKind.Link, text), text.Length) : null;
    }

    private static void Add(List<RunbookSpan> spans, string text)
    {
        if (text.Length > 0)
        {
            spans.Add(new RunbookSpan(RunbookSpanKind.Plain, text));
        }
    }
}
