namespace IntegrationConsole.Health;

/// <summary>Tenants without an order: those who may see the same share what is read of them.</summary>
internal sealed class TenantSet(IReadOnlyList<TenantId> tenants) : IEquatable<TenantSet>
{
    public IReadOnlyList<TenantId> Ids { get; } = [.. tenants.OrderBy(tenant => tenant.Value)];

    public bool Equals(TenantSet? other) => other is not null && Ids.SequenceEqual(other.Ids);

    public override bool Equals(object? obj) => Equals(obj as TenantSet);

    public override int GetHashCode() => Ids.Count == 0 ? 0 : HashCode.Combine(Ids.Count, Ids[0], Ids[^1]);
}
