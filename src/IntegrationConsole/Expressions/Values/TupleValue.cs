namespace IntegrationConsole.Expressions.Values;

/// <summary>One item of a path that binds variables (<c>@</c>, <c>#</c>, <c>%</c>): the item, and what is bound beside it.</summary>
internal sealed class TupleValue(Value at, Value[] bound) : Boxed(ValueKind.Object)
{
    public Value At { get; set; } = at;

    /// <summary>By the number that the compiler gave to each variable of such paths; nothing where it is not bound.</summary>
    public Value[] Bound { get; } = bound;
}
