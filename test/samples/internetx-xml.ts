/**
 * The XML samples of InterNetX's reissue walkthrough (page version 29), re-typed with their comments, empty elements and
 * white space. Where the document has dots for a CSR or a certificate, stand `csr` and `certificate`, generated ones that
 * the test puts in. USER and PASSWORD are the document's; for CONTEXT stands 9, because a context is a number.
 */

const document = 'internetx-reissue-automation';

export interface XmlSample {
  readonly document: string;
  /** Heading of the document that the sample stands under. */
  readonly section: string;
  readonly command: string;
  readonly text: string;
}

export interface SamplePem {
  readonly csr: string;
  readonly certificate: string;
}

const prepareSection = 'CertificatePrepareOrder - Example';
const reissueSection = 'Certificate Reissue';
const pollSection = 'PollInfo - Example';
const confirmSection = 'PollConfirm - Example';
const infoSection = 'Certificate Info - Example';

export const xmlLine =
  'example.com. 300 IN TXT "201704071405295z34is5g0jjairsdu0v5opdw8512td8kixzvtaacu4ebrkry5q"';

const auth = `<auth>
        <user>USER</user>
        <context>9</context>
        <password>PASSWORD</password>
    </auth>`;

export function xmlRequestSamples({ csr }: SamplePem): readonly XmlSample[] {
  return [
    {
      document,
      section: prepareSection,
      command: 'CertificatePrepareOrder',
      text: `<request>
    ${auth}
    <task>
        <code>400110</code>
        <certificate_request>
            <plain><![CDATA[${csr}]]></plain>
            <product>QUICKSSLPREMIUM</product>
        </certificate_request>
    </task>
</request>`,
    },
    {
      document,
      section: reissueSection,
      command: 'CertificateReissue',
      text: `<request>
    <auth>
        <user>USER</user>
        <password>PASSWORD</password>
        <context>9</context>
    </auth>
    <task>
        <code>400102</code>
        <certificate>
            <id>100</id>
            <technical>
                <id>100</id>
            </technical>
            <admin>
                <id>100</id>
            </admin>
            <name>example.com</name>
            <product>QUICKSSLPREMIUM</product>
            <authentication>
                <method>DNS</method>
                <dns>${xmlLine}</dns>
                <provisioning>1</provisioning>
            </authentication>
            <lifetime>12</lifetime>
            <software>APACHESSL</software> <!-- APACHESSL / IIS5 -->
            <csr><![CDATA[${csr}]]></csr> <!-- the CSR -->
        </certificate>
    </task>
</request>`,
    },
    {
      document,
      section: pollSection,
      command: 'PollInfo',
      text: `<request>
    ${auth}
    <task>
        <code>0905</code>
    </task>
</request>`,
    },
    {
      document,
      section: confirmSection,
      command: 'PollConfirm',
      text: `<request>
    ${auth}
    <task>
        <code>0906</code>
       <message>
            <id>650664</id>
        </message>
    </task>
</request>`,
    },
    {
      document,
      section: infoSection,
      command: 'CertificateInfo',
      text: `<request>
    ${auth}
    <task>
        <code>400104</code>
        <certificate>
            <id>100</id>
        </certificate>
    </task>
</request>`,
    },
  ];
}

function contact(role: 'admin' | 'technical', state: string): string {
  return `<${role}>
          <first>John</first>
            <last>Doe</last>
            <phone>+49-941-1234560</phone>
            <email>j.doe@example.com</email>
            <title>Admin</title>
            <organization>Example GmbH</organization>
            <address>Maximilianstrasse 36000</address>
            <postal_code>93047</postal_code>
            <city>Regensburg</city>
            <country>DE</country>
            <state>${state}</state>
          ${owners}
          <id>20398</id>
          <created>2017-01-01 10:35:22</created>
          <updated>2017-01-01 01:05:07</updated>
        </${role}>`;
}

const owners = `<owner>
            <user>USER</user>
            <context>CONTEXT</context>
          </owner>
          <updater>
            <user>USER</user>
            <context>CONTEXT</context>
          </updater>`;

export function xmlAnswerSamples({ csr, certificate }: SamplePem): readonly XmlSample[] {
  return [
    {
      document,
      section: prepareSection,
      command: 'CertificatePrepareOrder',
      text: `<response>
    <result>
        <data>
            <certificate_request>
                <plain><![CDATA[${csr}]]></plain>
                <name><![CDATA[example.com]]></name>
                <key_size>2048</key_size>
                <country_code>DE</country_code>
                <state><![CDATA[Bayern]]></state>
                <city><![CDATA[Regensburg]]></city>
                <organization><![CDATA[Company GmbH]]></organization>
                <organization_unit>Entwicklung</organization_unit>
                <email>email@example.com</email>
                <product>QUICKSSLPREMIUM</product>
                <authentication>
                    <method>DNS</method>
                    <dns>${xmlLine}</dns>
     				<provisioning>1</provisioning>
                </authentication>
                <authentication>
                    <method>FILE</method>
                    <file_name><![CDATA[http://example.com/.well-known/pki-validation/fileauth.txt]]></file_name>
                    <file_content><![CDATA[201704071405295z34is5g0jjairsdu0v5opdw8512td8kixzvtaacu4ebrkry5q]]></file_content>
                </authentication>
                <algorithm>RSA</algorithm>
                <signature_hash_algorithm>SHA256</signature_hash_algorithm>
            </certificate_request>
        </data>
        <status>
            <code>S400110</code>
            <text>CSR key was checked successfully.</text>
            <type>success</type>
        </status>
    </result>
</response>`,
    },
    {
      document,
      section: reissueSection,
      command: 'CertificateReissue',
      text: `<response>
  <result>
    <data>
      <certificate_job>
        <job>
          <id>123456</id>
          <status>RUNNING</status>
        </job>
      </certificate_job>
    </data>
    <status>
      <code>N400101</code>
      <text>Certificate order was started successfully.</text>
      <type>notify</type>
      <object>
        <type>certificate</type>
        <value>example.com</value>
      </object>
    </status>
  </result>
</response>`,
    },
    {
      document,
      section: pollSection,
      command: 'PollInfo',
      // About a domain: the queue is shared with everything else of the user.
      text: `<response>
    <result>
        <data>
            <summary>1</summary>
            <message>
                <id>1855680</id>
                <owner>
                    <user>alex_normal_plus</user>
                    <context>4</context>
                </owner>
                <job>
                    <domain>
                        <name>example.com</name>
                        <expire>2019-10-15 14:02:40</expire>
                        <payable>2019-10-15 14:02:41</payable>
                        <ownerc>100</ownerc>
                        <nic_member_label>VGRS-TEST</nic_member_label>
                        <registry_status>LOCK</registry_status>
                        <nserver>
                            <name>a.ns14.net</name>
                        </nserver>
                        <nserver>
                            <name>b.ns14.net</name>
                        </nserver>
                        <period>1</period>
                        <authinfo>S0Lygv+ZkNbniICm</authinfo>
                        <autorenew>true</autorenew>
                        <owner/>
                        <updater/>
                        <created>2018-10-15 14:02:41</created>
                    </domain>
                    <job_id>4295625406</job_id>
                    <status>
                        <code>S0101</code>
                        <type>success</type>
                        <object>
                            <type>domain</type>
                            <value>example.com</value>
                        </object>
                    </status>
                    <stid>20181015-app1-3788</stid>
                </job>
                <created>2018-10-15 14:03:02</created>
            </message>
        </data>
        <status>
            <code>S0905</code>
            <text>The notification was polled successfully.</text>
            <type>success</type>
            <object>
                <type>message</type>
                <value>1855680</value>
            </object>
        </status>
    </result>
    <stid>20181015-app1-3805</stid>
</response>`,
    },
    {
      document,
      section: confirmSection,
      command: 'PollConfirm',
      text: `<response>
    <result>
        <data>
            <summary>0</summary>
            <message>
                <id>650664</id>
            </message>
        </data>
        <status>
            <code>S0906</code>
            <text>The notification was confirmed successfully.</text>
            <type>success</type>
            <object>
                <type>message</type>
                <value>650664</value>
            </object>
        </status>
         <stid>20181015-app1-3162</stid>
	 </result>
</response>`,
    },
    {
      document,
      section: infoSection,
      command: 'CertificateInfo',
      text: `<response>
  <result>
    <data>
      <certificate>
        <order_id>1003396954</order_id>
        ${contact('technical', 'Bayern')}
        ${contact('admin', 'Bavaria')}
        <name>example.com</name><!-- ertificate name -->
        <lifetime>12</lifetime><!-- certificate runtime -->
        <software>APACHE2</software>
        <csr><![CDATA[${csr}]]></csr>
        <server><![CDATA[${certificate}]]></server>
        <serial_number>SERIALNUMBER</serial_number>
        <product>QUICKSSLPREMIUM</product>
        <sha>SHA2</sha>
        <expire>2030-01-01 23:59:59</expire><!-- certificate expire date -->
        <extension />
        <certification_authority>
          <ca_type>ICA1</ca_type>
          <ca_cert><![CDATA[${certificate}]]></ca_cert>
        </certification_authority>
        <authentication>
          <method>DNS</method>
          <dns>${xmlLine}</dns>
        </authentication>
        ${owners}
        <id>100</id><!-- certificate id -->
        <created>2017-01-01 00:00:00</created>
        <updated>2017-01-01 14:30:36</updated>
      </certificate>
    </data>
    <status>
      <code>S400104</code>
      <text>Certificate data were inquired successfully.</text>
      <type>success</type>
      <object>
        <type>certificate</type>
        <value>example.com</value><!-- certificate name -->
      </object>
    </status>
  </result>
</response>`,
    },
  ];
}
