using System.Text.Json;
using IntegrationConsole.Journeys.Support;
using OutsideWorld;

namespace IntegrationConsole.Journeys.WholeJourney;

/// <summary>The outside systems of the journey: a shop's API with its customers, some of them spoilt, and the customer's database.</summary>
internal sealed class Shop(OutsideWorldServer world) : IAsyncDisposable
{
    public const int Customers = 400;
    public const string Database = "north_wind";
    public const string DatabasePassword = "windy-hills";

    /// <summary>Their country is in no lookup table: more of them than a page of dead letters holds.</summary>
    public static readonly int[] FromAtlantis = [.. Enumerable.Range(1, Customers).Where(id => id % 6 == 5)];

    public const int WithoutEmail = 40;
    public const int WithoutCredit = 80;
    public const int WithLongName = 120;
    public const int WithTakenEmail = 160;

    public static readonly int Spoilt = 4 + FromAtlantis.Length;

    public const string Tables =
        """
        create table customer (id integer primary key, name varchar(20) not null, email text not null, country text, credit numeric(12, 2), joined date, level text);
        create unique index customer_email on customer (email);
        """;

    public static async Task<Shop> OpenAsync(Site site)
    {
        var world = await OutsideWorldServer.StartAsync();
        var records = Enumerable.Range(1, Customers).Select(id => Customer(id)).ToList();
        var spoilt = new Dictionary<int, byte[]>
        {
            [WithoutEmail - 1] = Customer(WithoutEmail, email: ""),
            [WithoutCredit - 1] = Customer(WithoutCredit, credit: "a lot"),
            [WithLongName - 1] = Customer(WithLongName, lastName: "of the very long family name"),
            [WithTakenEmail - 1] = Customer(WithTakenEmail, email: "customer1@example.com"),
        };
        foreach (var id in FromAtlantis)
        {
            spoilt[id - 1] = Customer(id, country: "Atlantis");
        }

        world.Datasets.Put("customers", new Dataset(records, spoilt));
        await site.Server.CreateCustomerAsync(Database, DatabasePassword, Tables);
        return new Shop(world);
    }

    public string Address => $"{world.Address}/secure/header";

    /// <summary>Every page of the list takes its time from now on.</summary>
    public void Slow(TimeSpan delay) => world.Faults.Add(new Fault("/secure", FaultKind.Late) { Delay = delay });

    public void Hurry() => world.Faults.Clear();

    /// <summary>The shop corrects what was wrong.</summary>
    public void Repair() => world.Datasets.Find("customers")!.Spoil(false);

    public ValueTask DisposeAsync() => world.DisposeAsync();

    /// <summary>A customer as the shop sends it.</summary>
    public static byte[] Customer(int id, string? lastName = null, string? email = null, string? country = null, string? credit = null) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        id,
        firstName = "Ida",
        lastName = lastName ?? $"Nord {id}",
        email = email ?? $"customer{id}@example.com",
        address = new { country = country ?? (id % 2 == 0 ? "DE" : "FR") },
        credit = credit ?? $"{id}.50",
        joined = $"2024-{(id % 12) + 1:00}-{(id % 28) + 1:00}",
    });
}
