using System.Text.Json;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Json;

/// <summary>What lies around the list of records: the names that lead to it, and the single values that are wanted besides.</summary>
internal sealed class JsonSurroundings(JsonRecordOptions options)
{
    private readonly int[] _matched = new int[options.Captures.Count + 1];
    private readonly string?[] _captured = new string?[options.Captures.Count];

    public string? Captured(int index) => _captured[index];

    /// <summary>Looks at the next token outside the list.</summary>
    /// <returns>Whether the list should be here.</returns>
    public bool Visit(ref Utf8JsonReader token)
    {
        if (token.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
        {
            return false;
        }

        if (token.TokenType is JsonTokenType.PropertyName)
        {
            for (var index = 0; index < _matched.Length; index++)
            {
                Follow(ref token, index);
            }

            return false;
        }

        for (var index = 0; index < _captured.Length; index++)
        {
            if (IsAt(ref token, index))
            {
                _captured[index] = Text(ref token);
            }
        }

        return IsAt(ref token, _captured.Length);
    }

    /// <summary>Counts how many names of a path the properties have matched on the way down to here.</summary>
    private void Follow(ref Utf8JsonReader property, int index)
    {
        var path = PathOf(index);
        var above = property.CurrentDepth - 1;
        if (_matched[index] > above)
        {
            _matched[index] = above;
        }

        if (_matched[index] == above && above < path.Length && path.IsName(above, ref property))
        {
            _matched[index]++;
        }
    }

    private bool IsAt(ref Utf8JsonReader value, int index) => _matched[index] == value.CurrentDepth && PathOf(index).Length == value.CurrentDepth;

    private FieldPath PathOf(int index) => index < _captured.Length ? options.Captures[index] : options.Records;

    private string? Text(ref Utf8JsonReader value)
    {
        try
        {
            return FieldPath.ScalarText(ref value);
        }
        catch (InvalidOperationException half)
        {
            throw new FailureException(new Failure(FailureCause.Malformed, $"{options.Subject} holds text that is not valid.", "encoding"), half);
        }
    }
}
