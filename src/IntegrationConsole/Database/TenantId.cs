namespace IntegrationConsole.Database;

/// <summary>
/// The key that separates one customer's rows from another's. Every tenant table starts with it, every store
/// method takes it first, and row-level security compares it underneath.
/// </summary>
public readonly record struct TenantId(Guid Value)
{
    public static TenantId New(TimeProvider clock) => new(Guid.CreateVersion7(clock.GetUtcNow()));

    public override string ToString() => Value.ToString();
}
