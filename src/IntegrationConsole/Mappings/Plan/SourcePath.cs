using System.Globalization;
using System.Text;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>
/// A path to one value of a record: names and positions, such as <c>customer.address.lines[0]</c>; a name with other
/// characters than letters, digits and underscores stands in backticks. Any such path is also a JSONata expression and
/// finds the same value, but for two things that are refused here: lists in the way, and positions in what is no list.
/// </summary>
public sealed class SourcePath
{
    /// <summary>No record is nested deeper: a longer path would find nothing.</summary>
    private const int MostSteps = 256;

    private SourcePath(IReadOnlyList<PathStep> steps, string text)
    {
        Steps = steps;
        Text = text;
    }

    internal IReadOnlyList<PathStep> Steps { get; }

    public string Text { get; }

    /// <returns>The path, or null and a sentence that says what is wrong where.</returns>
    public static (SourcePath? Path, string Problem) Parse(string text)
    {
        var steps = new List<PathStep>();
        var position = 0;
        if (text.Trim().Length == 0)
        {
            return (null, "Name the value of the record, such as customer.email.");
        }

        while (position < text.Length)
        {
            if (steps.Count == MostSteps)
            {
                return (null, $"A path has at most {MostSteps} steps.");
            }

            if (text[position] == '[' && steps.Count > 0)
            {
                var end = text.IndexOf(']', position);
                if (end < 0 || !int.TryParse(text.AsSpan(position + 1, end - position - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
                {
                    return (null, $"At character {position + 1} a position such as [0] was expected.");
                }

                steps.Add(new PathStep(null, index));
                position = end + 1;
            }
            else
            {
                if (steps.Count > 0)
                {
                    if (text[position] != '.')
                    {
                        return (null, $"At character {position + 1} a dot or a position such as [0] was expected.");
                    }

                    position++;
                }

                var (name, next) = Name(text, position);
                if (name is null)
                {
                    return (null, $"At character {position + 1} a name was expected; put names with other characters in backticks: `{text[position..].Trim()}`.");
                }

                steps.Add(new PathStep(name, -1));
                position = next;
            }
        }

        return (new SourcePath(steps, text), "");
    }

    /// <summary>A name as it stands in a path, in backticks where it must.</summary>
    public static string Quote(string name) => IsPlain(name) ? name : $"`{name}`";

    /// <summary>What is left of the path behind its first step.</summary>
    internal SourcePath Below() => new([.. Steps.Skip(1)], Text);

    public override string ToString() => Text;

    private static (string? Name, int Next) Name(string text, int start)
    {
        if (start < text.Length && text[start] == '`')
        {
            var end = text.IndexOf('`', start + 1);
            return end < 0 ? (null, start) : (text[(start + 1)..end], end + 1);
        }

        var position = start;
        while (position < text.Length && IsPlainLetter(text[position]))
        {
            position++;
        }

        return position == start || char.IsAsciiDigit(text[start]) ? (null, start) : (text[start..position], position);
    }

    private static bool IsPlain(string name) => name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(IsPlainLetter);

    private static bool IsPlainLetter(char letter) => char.IsLetterOrDigit(letter) || letter is '_';
}

/// <param name="Name">The property; null for a position in a list.</param>
internal readonly record struct PathStep(string? Name, int Index)
{
    public byte[] Utf8 => Encoding.UTF8.GetBytes(Name!);
}
