using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>Text with paths in braces, such as <c>{firstName} {lastName}</c>; a doubled brace stands for itself.</summary>
internal sealed class Template
{
    private readonly List<Part> _parts;

    private Template(List<Part> parts) => _parts = parts;

    public IReadOnlyList<string> Paths => [.. _parts.Where(part => part.Slot >= 0).Select(part => part.Path)];

    /// <summary>The text between its values.</summary>
    public IEnumerable<string> Literals => _parts.Select(part => part.Before);

    /// <returns>The template, or null and a sentence that says what is wrong.</returns>
    public static (Template? Template, string Problem) Parse(string text, IPathSlots paths)
    {
        var parts = new List<Part>();
        var literal = new StringBuilder();
        var position = 0;
        while (position < text.Length)
        {
            var letter = text[position];
            if (letter is '{' or '}' && position + 1 < text.Length && text[position + 1] == letter)
            {
                literal.Append(letter);
                position += 2;
            }
            else if (letter == '{')
            {
                var end = text.IndexOf('}', position);
                if (end < 0)
                {
                    return (null, $"The brace at character {position + 1} is not closed.");
                }

                var (path, problem) = SourcePath.Parse(text[(position + 1)..end].Trim());
                if (path is null)
                {
                    return (null, $"In the braces at character {position + 1}: {problem}");
                }

                parts.Add(new Part(literal.ToString(), paths.Add(path), path.Text));
                literal.Clear();
                position = end + 1;
            }
            else if (letter == '}')
            {
                return (null, $"The brace at character {position + 1} was never opened; write }}}} for a brace.");
            }
            else
            {
                literal.Append(letter);
                position++;
            }
        }

        if (parts.Count == 0)
        {
            return (null, "A template holds at least one path in braces, such as {firstName}; for fixed text choose a constant.");
        }

        parts.Add(new Part(literal.ToString(), -1, ""));
        return (new Template(parts), "");
    }

    /// <param name="record">The record.</param>
    /// <param name="slots">Where its values are.</param>
    /// <param name="text">The filled template; null where none of its values is there.</param>
    /// <returns>What is wrong; empty when all is well.</returns>
    public string Fill(ReadOnlySpan<byte> record, ReadOnlySpan<JsonSlot> slots, out string? text)
    {
        text = null;
        var filled = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[256]);
        Span<char> letters = stackalloc char[128];
        var any = false;
        foreach (var part in _parts)
        {
            filled.AppendLiteral(part.Before);
            if (part.Slot < 0 || slots[part.Slot].IsMissing || slots[part.Slot].Kind is JsonTokenType.Null)
            {
                continue;
            }

            var slot = slots[part.Slot];
            if (slot.IsInList || slot.Kind is JsonTokenType.StartArray or JsonTokenType.StartObject)
            {
                return $"the value at {part.Path} is not a single value";
            }

            try
            {
                if (ValueReader.TryWrite(record, slot, letters, out var written))
                {
                    filled.AppendFormatted(letters[..written]);
                }
                else
                {
                    filled.AppendLiteral(ValueReader.Text(record, slot));
                }
            }
            catch (JsonException broken)
            {
                return $"the value at {part.Path} cannot be read: {broken.Message}";
            }

            any = true;
        }

        text = any ? filled.ToStringAndClear() : null;
        return "";
    }

    private readonly record struct Part(string Before, int Slot, string Path);
}
