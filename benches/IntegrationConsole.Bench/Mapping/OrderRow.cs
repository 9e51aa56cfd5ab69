namespace IntegrationConsole.Bench.Mapping;

/// <summary>The row that hand-written code makes of a record.</summary>
internal struct OrderRow
{
    public string? OrderNumber;
    public DateTimeOffset OrderedAt;
    public decimal Total;
    public bool Paid;
    public long Quantity;
    public string? City;
    public string? CustomerName;
    public string? Email;
    public string? Region;
    public string? Shop;
}
