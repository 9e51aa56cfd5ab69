using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>
/// What the server would refuse a whole batch for, found out before it is sent: the row at fault is named and its
/// neighbours go. No sentence repeats a value.
/// </summary>
internal sealed class StageLimits
{
    private readonly ColumnShape _column;
    private readonly decimal _below;
    private readonly int _scale;
    private readonly long _least;
    private readonly long _most;

    public StageLimits(StageColumn column)
    {
        _column = column.Column;
        NeedsValue = column.IsKey || column.Column.NotNull;
        (_least, _most) = column.Type switch
        {
            StageType.Int2 => (short.MinValue, short.MaxValue),
            StageType.Int4 => (int.MinValue, int.MaxValue),
            _ => (long.MinValue, long.MaxValue),
        };

        // More digits before the point than a decimal can have need no check; a negative scale is left to the server.
        if (column.Column.Digits is (var precision, var scale and >= 0) && Math.Abs(precision - scale) <= 28)
        {
            _below = precision >= scale ? Power(precision - scale) : 1 / Power(scale - precision);
            _scale = Math.Min(scale, 28);
        }
    }

    public bool NeedsValue { get; }

    public Failure NoValue() => Refuse($"{_column.Name} needs a value.");

    public Failure? Check(long value) =>
        value < _least || value > _most ? Refuse($"{_column.Name} ({_column.DeclaredType}) takes numbers from {_least} to {_most}; this one is outside.")
        : _below > 0 ? Check((decimal)value) : null;

    public Failure? Check(decimal value) =>
        _below > 0 && Math.Abs(decimal.Round(value, _scale, MidpointRounding.AwayFromZero)) >= _below
            ? Refuse($"{_column.Name} ({_column.DeclaredType}) has too few digits before the point for this number.") : null;

    public Failure? Check(string text)
    {
        if (text.Length > _column.MaxLength)
        {
            // Spaces at the end are cut off by the server itself. A character outside the first plane is two chars here and one there.
            var end = text.AsSpan().TrimEnd(' ');
            var characters = 0;
            foreach (var _ in end.EnumerateRunes())
            {
                characters++;
            }

            if (characters > _column.MaxLength)
            {
                return Refuse($"{_column.Name} takes at most {_column.MaxLength} characters; this value has {characters}.");
            }
        }

        return _column.Labels.Count > 0 && !_column.Labels.Contains(text) ? Refuse($"{_column.Name} does not take this value: it is none of those of the type {_column.DeclaredType}.") : null;
    }

    public Failure NotText() => Refuse($"{_column.Name} holds half of a character (a lone surrogate), which cannot be written.");

    public Failure NulCharacter() => Refuse($"{_column.Name} holds a NUL character (U+0000), which PostgreSQL cannot keep.");

    /// <summary>Whether JSON escapes a NUL, which jsonb cannot keep: <c>\u0000</c> behind an even number of backslashes.</summary>
    public static bool EscapesNul(ReadOnlySpan<byte> json)
    {
        for (var from = 0; json[from..].IndexOf("\\u0000"u8) is var found and >= 0; from += found + 1)
        {
            var backslash = from + found;
            var before = 0;
            while (backslash - before > 0 && json[backslash - before - 1] == '\\')
            {
                before++;
            }

            if (before % 2 == 0)
            {
                return true;
            }
        }

        return false;
    }

    private Failure Refuse(string sentence) => new(FailureCause.Validation, sentence, "", _column.Name);

    private static decimal Power(int digits)
    {
        var power = 1m;
        for (; digits > 0; digits--)
        {
            power *= 10;
        }

        return power;
    }
}
