using System.Globalization;

namespace IntegrationConsole.Bench.Expressions;

/// <summary>What mappings do all day: on one order of twenty lines, and once on a page of a thousand orders.</summary>
internal static class ExpressionCases
{
    public static IReadOnlyList<ExpressionCase> All()
    {
        var random = new Random(20260131);
        var order = Orders.One(random, 1, lines: 20);
        var page = Orders.Page(random, 1000);
        return
        [
            new("simple path", "customer.address.city", order),
            new("predicate + sum", "$sum(lines[quantity > 2].(price * quantity))", order),
            new("string building", "customer.firstName & ' ' & customer.lastName & ' <' & $lowercase(customer.email) & '>, ' & customer.address.postcode & ' ' & $uppercase(customer.address.city)", order),
            new("$map/$filter with lambda", "$map($filter(lines, function($line) { $line.quantity > 2 }), function($line) { $line.price * $line.quantity })", order),
            new("sort + group of 1,000 orders", "orders^(>total, number){ country: { 'orders': $count(number), 'total': $sum(total), 'largest': number[0] } }", page),
            new("date formatting", "$fromMillis($toMillis(orderedAt), '[D01].[M01].[Y0001] [H01]:[m01]:[s01]', '+0100')", order),
            new("40-field object", FortyFields(), order),
        ];
    }

    private static string FortyFields()
    {
        string[] paths =
        [
            "number", "orderedAt", "currency", "total", "paid", "channel", "note", "customer.firstName", "customer.lastName", "customer.email",
            "customer.phone", "customer.address.street", "customer.address.postcode", "customer.address.city", "customer.address.country",
            "delivery.carrier", "delivery.tracking", "delivery.weight", "delivery.express", "delivery.address.city",
        ];
        var fields = Enumerable.Range(0, 40).Select(index => string.Create(CultureInfo.InvariantCulture, $"'field{index + 1}': {(index < 20 ? paths[index] : $"lines[{index - 20}].sku")}"));
        return $"{{ {string.Join(", ", fields)} }}";
    }
}
