namespace IntegrationConsole.Bench.Line;

/// <summary>Ten of an order's twenty fields, with conversions and a lookup.</summary>
internal static class OrderMapping
{
    public const string Regions = "regions";

    /// <summary>Of the JSON of an API, where the customer is nested.</summary>
    public static string OfJson(string lookup = Regions, string lookedUp = "region") => Of("customer.address.city", "{customer.firstName} {customer.lastName}", lookup, lookedUp);

    /// <summary>Of a line of a file.</summary>
    public static string OfCsv => Of("city", "{firstName} {lastName}", Regions, "region");

    private static string Of(string city, string name, string lookup, string lookedUp) => $$"""
        fields:
          - { name: order_number, source: orderNumber, required: true }
          - { name: ordered_at, source: orderedAt, type: timestamp }
          - { name: total, source: total, type: decimal }
          - { name: paid, source: paid, type: boolean }
          - { name: quantity, source: quantity, type: integer }
          - { name: city, source: {{city}} }
          - { name: customer_name, source: "{{name}}", origin: template }
          - { name: email, source: email, trim: true, case: lower }
          - { name: region, source: {{lookedUp}}, lookup: {{lookup}} }
          - { name: shop, source: main, origin: constant }
        """;

    /// <summary>Of a table's row, to an API.</summary>
    public static string OfRow => """
        fields:
          - { name: id, source: id, type: integer, required: true }
          - { name: order_number, source: order_number, required: true }
          - { name: ordered_at, source: ordered_at, type: timestamp }
          - { name: total, source: total, type: decimal }
          - { name: paid, source: paid, type: boolean }
          - { name: quantity, source: quantity, type: integer }
          - { name: city, source: city }
          - { name: customer_name, source: "{first_name} {last_name}", origin: template }
          - { name: email, source: email, trim: true, case: lower }
          - { name: region, source: region, lookup: regions }
        """;
}
