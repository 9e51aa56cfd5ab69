namespace IntegrationConsole.Expressions.Values;

/// <summary>What a <see cref="Value"/> may point at, besides a string. Its kind is a field and not a virtual call, because it is asked for everywhere.</summary>
internal class Boxed(ValueKind kind)
{
    public static readonly Boxed Null = new(ValueKind.Null);
    public static readonly Boxed Boolean = new(ValueKind.Boolean);
    public static readonly Boxed Number = new(ValueKind.Number);

    /// <summary>Marks a variable that was bound to nothing, which hides an outer variable of the same name.</summary>
    public static readonly Boxed Nothing = new(ValueKind.Undefined);

    /// <summary><see cref="ValueKind.Undefined"/> here means that the value itself has to look: it is a place in a JSON text.</summary>
    public readonly ValueKind Kind = kind;
}
