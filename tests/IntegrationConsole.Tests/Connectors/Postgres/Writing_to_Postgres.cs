using System.Globalization;
using IntegrationConsole.Connectors;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Connectors.Postgres;

public sealed class Writing_to_Postgres : DestinationContract
{
    private readonly Dictionary<OpenConnection, CustomerDatabase> _databases = [];

    internal override async Task<DestinationUnderTest> GivenAsync(TestConsole console)
    {
        var database = await CustomerDatabase.GivenAsync(console, "create table items (id int primary key, name varchar(20), amount numeric)");
        var connection = database.Connection();
        _databases[connection] = database;
        return new DestinationUnderTest(database.Connector, connection, "items", TellsUnchanged: true, async () =>
        [
            .. (await database.RowsAsync("select id, amount::text, name from items")).Select(row => row.Split('|', 3)).Select(row =>
                (int.Parse(row[0], CultureInfo.InvariantCulture), row[2], decimal.Parse(row[1], CultureInfo.InvariantCulture))),
        ]);
    }

    internal override OpenConnection Dead(DestinationUnderTest destination) => _databases[destination.Connection].Dead();
}
