using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;

namespace IntegrationConsole.Bench.Line;

/// <summary>Ten of an order's twenty fields, with conversions and a lookup.</summary>
internal static class OrderMapping
{
    public const string Regions = "regions";

    /// <summary>Of the JSON of an API, where the customer is nested.</summary>
    public static MappingDocument OfJson(string lookup = Regions, string lookedUp = "region") => Of("customer.address.city", "{customer.firstName} {customer.lastName}", lookup, lookedUp);

    /// <summary>Of a line of a file.</summary>
    public static MappingDocument OfCsv => Of("city", "{firstName} {lastName}", Regions, "region");

    private static MappingDocument Of(string city, string name, string lookup, string lookedUp) => new(
    [
        new() { Name = "order_number", Source = "orderNumber", Required = true },
        new() { Name = "ordered_at", Source = "orderedAt", Type = FieldType.Timestamp },
        new() { Name = "total", Source = "total", Type = FieldType.Decimal },
        new() { Name = "paid", Source = "paid", Type = FieldType.Boolean },
        new() { Name = "quantity", Source = "quantity", Type = FieldType.Integer },
        new() { Name = "city", Source = city },
        new() { Name = "customer_name", Source = name, Origin = ValueOrigin.Template },
        new() { Name = "email", Source = "email", Trim = true, Case = LetterCase.Lower },
        new() { Name = "region", Source = lookedUp, Lookup = lookup },
        new() { Name = "shop", Source = "main", Origin = ValueOrigin.Constant },
    ], []);

    /// <summary>Of a table's row, to an API.</summary>
    public static MappingDocument OfRow => new(
    [
        new() { Name = "id", Source = "id", Type = FieldType.Integer, Required = true },
        new() { Name = "order_number", Source = "order_number", Required = true },
        new() { Name = "ordered_at", Source = "ordered_at", Type = FieldType.Timestamp },
        new() { Name = "total", Source = "total", Type = FieldType.Decimal },
        new() { Name = "paid", Source = "paid", Type = FieldType.Boolean },
        new() { Name = "quantity", Source = "quantity", Type = FieldType.Integer },
        new() { Name = "city", Source = "city" },
        new() { Name = "customer_name", Source = "{first_name} {last_name}", Origin = ValueOrigin.Template },
        new() { Name = "email", Source = "email", Trim = true, Case = LetterCase.Lower },
        new() { Name = "region", Source = "region", Lookup = Regions },
    ], []);
}
