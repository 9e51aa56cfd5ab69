namespace IntegrationConsole.Expressions.Pictures;

/// <summary>One part of a date's picture: text that stands for itself, or a component with the way it is written.</summary>
internal sealed class DatePart
{
    /// <summary>The text, or null for a component.</summary>
    public string? Literal { get; init; }

    public char Component { get; init; }

    /// <summary>Set where the component is written as a name.</summary>
    public LetterCase? Names { get; init; }

    /// <summary>Set where the component is written as a number.</summary>
    public IntegerPicture? Number { get; init; }

    public int? MinimumWidth { get; init; }

    public int? MaximumWidth { get; init; }

    /// <summary>How many of a year's last digits are written.</summary>
    public int? YearDigits { get; init; }

    /// <summary>A time zone of zero is written as Z.</summary>
    public bool IsTraditional { get; init; }
}
